package dev.albert4j.task;

/**
 * A part of a text that may answer a question.
 *
 * @param text the answer
 * @param begin where it begins in the context, in UTF-16 units
 * @param end where it ends, exclusive
 * @param score its probability among the best answers of the whole context and "no answer", 0 to 1
 */
public record Answer(String text, int begin, int end, double score) {}
