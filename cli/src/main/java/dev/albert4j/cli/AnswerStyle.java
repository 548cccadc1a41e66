package dev.albert4j.cli;

import org.jspecify.annotations.Nullable;

/**
 * What answers are to tell.
 *
 * @param topK the number of labels to list, best first; null for all, in the model's order
 * @param explain whether to give reasons
 */
record AnswerStyle(@Nullable Integer topK, boolean explain) {
    /** @throws IllegalArgumentException if reasons are wanted of a task that has none */
    void refuseExplain(String task) {
        if (explain) {
            throw new IllegalArgumentException("--explain is for classification; the model's task is " + task);
        }
    }

    /** @throws IllegalArgumentException if the best are wanted of a task that has nothing to choose from */
    void refuseTopK(String task) {
        if (topK != null) {
            throw new IllegalArgumentException("--top-k is for labels and rankings; the model's task is " + task);
        }
    }
}
