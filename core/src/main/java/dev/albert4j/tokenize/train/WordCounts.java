package dev.albert4j.tokenize.train;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;

/** How often each word of a corpus stands in it: its normalised text cut at white space. Not thread-safe. */
final class WordCounts {
    /** What SentencePiece writes for a space: a word begins with it. */
    static final char SPACE = '\u2581';

    private final Map<String, long[]> counts = new HashMap<>();

    private WordCounts() {}

    /** Counts the words of all lines. */
    static WordCounts of(Iterator<String> lines) {
        WordCounts words = new WordCounts();
        while (lines.hasNext()) {
            words.add(normalize(Objects.requireNonNull(lines.next(), "line")));
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
            if (i == text.length() || isSpace(text.charAt(i))) {
                if (i > begin) {
                    counts.computeIfAbsent(text.substring(begin, i), word -> new long[1])[0]++;
                }
                begin = i + 1;
            }
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == SPACE || c == '\u0085' || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** ALBERT's normalisation but for white space: NFKD, no combining marks, lower case. */
    static String normalize(String text) {
        if (isAscii(text)) {
            return text.toLowerCase(java.util.Locale.ROOT);
        }
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD);
        StringBuilder out = new StringBuilder(decomposed.length());
        decomposed.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (type != Character.NON_SPACING_MARK && type != Character.ENCLOSING_MARK) {
                out.appendCodePoint(c);
            }
        });
        return out.toString().toLowerCase(java.util.Locale.ROOT);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
