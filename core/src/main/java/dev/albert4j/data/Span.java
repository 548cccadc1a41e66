package dev.albert4j.data;

/**
 * A piece of a text and what it is.
 *
 * @param type what it is: {@code PER}, {@code LOC}, …
 * @param begin where it begins in the text, in UTF-16 units
 * @param end where it ends, exclusive
 */
public record Span(String type, int begin, int end) {
    /** @throws IllegalArgumentException if the type is blank or the range is empty */
    public Span {
        if (type.isBlank()) {
            throw new IllegalArgumentException("a span from " + begin + " to " + end + " has no type");
        }
        if (begin < 0 || end <= begin) {
            throw new IllegalArgumentException(
                    "span " + type + " from " + begin + " to " + end + " is not a range of characters");
        }
    }
}
