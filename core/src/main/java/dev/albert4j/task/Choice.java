package dev.albert4j.task;

import java.util.List;

/**
 * The option a model chose. Immutable.
 *
 * @param index its index among the options, from 0
 * @param choice its text
 * @param score its probability
 * @param scores the probabilities of all options, in their order
 */
public record Choice(int index, String choice, double score, List<Double> scores) {
    public Choice {
        scores = List.copyOf(scores);
    }
}
