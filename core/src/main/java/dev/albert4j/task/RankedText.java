package dev.albert4j.task;

/**
 * A text in a ranking. Immutable.
 *
 * @param index its index among the texts as they were given, from 0
 * @param text the text
 * @param score 0 to 1, the higher the better: the logistic function of the model's output, as sentence-transformers' {@code
 *     CrossEncoder} gives it; to be compared with the scores of the same query
 */
public record RankedText(int index, String text, double score) {}
