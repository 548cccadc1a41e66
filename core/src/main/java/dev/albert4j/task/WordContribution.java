package dev.albert4j.task;

/**
 * What a word did to a decision.
 *
 * @param word the word, as it stands in the text
 * @param text 0 if it stands in the first text, 1 if in the second
 * @param begin where it begins in its text, in UTF-16 units
 * @param end where it ends, exclusive
 * @param contribution by how much it raised the log-odds of the label decided on, see {@link TextClassifier#explain}; negative if
 *     it spoke against it
 */
public record WordContribution(String word, int text, int begin, int end, double contribution) {}
