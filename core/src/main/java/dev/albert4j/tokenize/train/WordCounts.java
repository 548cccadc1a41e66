package dev.albert4j.tokenize.train;

import dev.albert4j.tokenize.AlbertPreprocessing;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;

/** How often each word of a corpus stands in it: its preprocessed text cut at spaces. Not thread-safe. */
final class WordCounts {
    /** What SentencePiece writes for a space: a word begins with it. */
    static final char SPACE = '\u2581';

    private final Map<String, long[]> counts = new HashMap<>();

    private WordCounts() {}

    /** Counts the words of all lines. */
    static WordCounts of(Iterator<String> lines) {
        WordCounts words = new WordCounts();
        while (lines.hasNext()) {
            words.add(AlbertPreprocessing.apply(Objects.requireNonNull(lines.next(), "line")));
        }
        return words;
    }

    /** The words, without the mark of the space before them, each with its count in an array of one. */
    Map<String, long[]> counts() {
        return counts;
    }

    private void add(String text) {
        int begin = 0;
        for (int i = 0; i <= text.length(); i++) {
            // NFKD makes spaces of some characters, such as U+00A8, so that there may be several in a row.
            if (i == text.length() || text.charAt(i) == ' ' || text.charAt(i) == SPACE) {
                if (i > begin) {
                    counts.computeIfAbsent(text.substring(begin, i), word -> new long[1])[0]++;
                }
                begin = i + 1;
            }
        }
    }
}
