package dev.albert4j.data;

import java.util.LinkedHashSet;
import java.util.List;

/**
 * A text and the spans that are marked in it. Immutable. Spans may overlap, or lie in one another.
 *
 * @param text the text
 * @param spans its spans, each once, in the order they were given
 * @param line where it stands in its file, from 1
 */
public record TaggedText(String text, List<Span> spans, long line) {
    /** @throws IllegalArgumentException if a span ends after the text */
    public TaggedText {
        for (Span span : spans) {
            if (span.end() > text.length()) {
                throw new IllegalArgumentException("span " + span.type() + " from " + span.begin() + " to " + span.end()
                        + " is outside the text of " + text.length() + " characters");
            }
        }
        spans = List.copyOf(new LinkedHashSet<>(spans));
    }
}
