package dev.albert4j.cli;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Labelled data whose model needs to know nothing of them: it has no labels of its own.
 *
 * @param noun what an example is, in the plural
 * @param examples the data
 * @param shape gives a model's configuration the head that they need
 * @param maker makes sequences of them
 */
record ExampleData<T>(String noun, Split<T> examples, UnaryOperator<AlbertConfig> shape, Maker<T> maker)
        implements TaskData {
    /** Makes sequences of examples. */
    @FunctionalInterface
    interface Maker<T> {
        TrainingTask make(TrainingTasks tasks, List<T> train, List<T> dev);
    }

    /** A head that has no labels. */
    static UnaryOperator<AlbertConfig> head(Head head) {
        return model -> model.toBuilder()
                .head(head)
                .labels(List.of())
                .problemType(ProblemType.UNSPECIFIED)
                .build();
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d %s to learn from, %,d to evaluate on",
                examples.train().size(),
                noun,
                examples.dev().size());
    }

    @Override
    public AlbertConfig configure(AlbertConfig model) {
        return shape.apply(model);
    }

    @Override
    public TrainingTask task(TrainingTasks tasks, TrainConfig settings) {
        return maker.make(tasks, examples.train(), examples.dev());
    }
}
