package dev.albert4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import org.jspecify.annotations.Nullable;

/** Labelled data of a task, read and checked. */
interface TaskData {
    /** What is learnt from what, in a line. */
    String description();

    /** Gives a model's configuration the head and the labels that the data need. */
    AlbertConfig configure(AlbertConfig model);

    /** The same as sequences. */
    TrainingTask task(TrainingTasks tasks, TrainConfig settings);

    /**
     * Adds to the settings that were given what suits the task and the model.
     *
     * @throws IllegalArgumentException if one makes no sense for the task
     */
    default void complete(ObjectNode settings, ModelDirectory parent) {}

    /** How the trained model makes vectors of texts, if that is its task. */
    default @Nullable SentenceConfig sentences(TrainConfig settings, ModelDirectory parent) {
        return null;
    }
}
