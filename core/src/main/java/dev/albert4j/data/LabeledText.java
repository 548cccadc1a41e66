package dev.albert4j.data;

import org.jspecify.annotations.Nullable;

/**
 * A text, or a pair of texts, and its label.
 *
 * @param text the text, or the first one
 * @param pair the second text, if there are two
 * @param label the label's name
 * @param line where it stands in its file, from 1
 */
public record LabeledText(String text, @Nullable String pair, String label, long line) {}
