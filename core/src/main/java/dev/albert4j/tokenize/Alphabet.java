package dev.albert4j.tokenize;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the characters that occur in pieces, the most frequent first, so that a trie over them is small and a character is
 * one unsigned 16-bit code. Code 0 is every other character. Immutable and thread-safe.
 */
final class Alphabet {
    /** The code of a character that occurs in no piece. */
    static final int NONE = 0;

    private final Map<Integer, Integer> codes = new HashMap<>(); // code point -> code

    /** @throws IllegalArgumentException if the pieces hold more characters than there are codes */
    Alphabet(List<String> pieces) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (String piece : pieces) {
            piece.codePoints().forEach(c -> counts.merge(c, 1, Integer::sum));
        }
        if (counts.size() > Character.MAX_VALUE) {
            throw new IllegalArgumentException(counts.size() + " different characters in pieces, at most "
                    + (int) Character.MAX_VALUE + " are allowed");
        }
        Comparator<Map.Entry<Integer, Integer>> frequentFirst =
                Map.Entry.<Integer, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey());
        counts.entrySet().stream().sorted(frequentFirst).forEach(entry -> codes.put(entry.getKey(), codes.size() + 1));
    }

    /** The number of codes, {@link #NONE} included. */
    int size() {
        return codes.size() + 1;
    }

    /** The code of a code point. */
    int code(int codePoint) {
        return codes.getOrDefault(codePoint, NONE);
    }

    /** The codes of a text, one for each code point. */
    char[] codes(String text) {
        int[] codePoints = text.codePoints().toArray();
        char[] result = new char[codePoints.length];
        for (int k = 0; k < result.length; k++) {
            result[k] = (char) code(codePoints[k]);
        }
        return result;
    }
}
