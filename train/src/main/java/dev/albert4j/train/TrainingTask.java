package dev.albert4j.train;

import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What fine-tuning has to know of a task and its data. {@link TrainingTasks} makes them.
 *
 * @param loss what to make smaller
 * @param train examples to learn from
 * @param development measures the model, where there are data to do it on
 * @param fingerprint of the development data: the same text for the same data, so that a run goes on with the data it began with
 */
public record TrainingTask(
        Loss loss, List<Example> train, @Nullable Development development, String fingerprint) {
    /** Measures a model on development data, through the class that serves the task. */
    @FunctionalInterface
    public interface Development {
        /**
         * @param weights the model's, of which the head is taken
         * @param encoder runs the model
         */
        Report evaluate(AlbertWeights weights, Encoder encoder);
    }

    public TrainingTask {
        train = List.copyOf(train);
    }
}
