package dev.albert4j.cli;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;

/** Labelled data of a task, read and checked. */
interface TaskData {
    /** What is learnt from what, in a line. */
    String description();

    /** Gives a model's configuration the head and the labels that the data need. */
    AlbertConfig configure(AlbertConfig model);

    /** The same as sequences. */
    TrainingTask task(TrainingTasks tasks);
}
