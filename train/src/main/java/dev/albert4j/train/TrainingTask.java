package dev.albert4j.train;

import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Vocabulary;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a training run has to know of a task and its data. {@link TrainingTasks} makes those of labelled data, {@link
 * PretrainingTask} is that of raw text.
 */
public interface TrainingTask {
    /** Measures a model on development data. */
    @FunctionalInterface
    interface Development {
        /**
         * @param weights the model's, of which the head is taken
         * @param encoder runs the model
         */
        Report evaluate(AlbertWeights weights, ModelEncoder encoder);
    }

    /** The head the task needs. */
    Head head();

    /**
     * What to make smaller.
     *
     * @param model to train; stays the caller's
     * @param vocabulary the model's
     */
    Objective objective(AlbertModel model, TrainConfig config, Vocabulary vocabulary);

    /** Measures the model, where there are data to do it on. */
    @Nullable
    Development development();

    /** Texts by name that are the same for the same task on the same data: a run goes on with what it began with. */
    Map<String, String> fingerprint();
}
