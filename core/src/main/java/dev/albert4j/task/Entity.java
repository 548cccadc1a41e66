package dev.albert4j.task;

import dev.albert4j.data.Span;

/**
 * Something named in a text.
 *
 * @param type what it is, as the model's labels name it: {@code PER}, {@code LOC}, …
 * @param begin where it begins in the text, in UTF-16 units
 * @param end where it ends, exclusive
 * @param text how it is written there
 * @param score the mean probability of the tags of its words, 0 to 1
 */
public record Entity(String type, int begin, int end, String text, double score) {
    /** Its place and type. */
    public Span span() {
        return new Span(type, begin, end);
    }
}
