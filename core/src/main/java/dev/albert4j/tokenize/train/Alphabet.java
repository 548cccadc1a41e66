package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The characters that must have pieces of their own: as many of the most frequent as it takes to cover the wanted share
 * of a corpus. They are numbered by falling frequency, from 0. Immutable.
 */
final class Alphabet {
    private final int[] codePoints;
    private final Map<Integer, Integer> indices;

    /**
     * @param counts how often each code point occurs
     * @param coverage share of all occurrences that the alphabet is to reach
     */
    Alphabet(Map<Integer, long[]> counts, double coverage) {
        List<Map.Entry<Integer, long[]>> entries = new ArrayList<>(counts.entrySet());
        entries.sort(Comparator.comparingLong((Map.Entry<Integer, long[]> e) -> -e.getValue()[0])
                .thenComparing(Map.Entry::getKey));
        double total = 0;
        for (Map.Entry<Integer, long[]> entry : entries) {
            total += entry.getValue()[0];
        }
        int[] kept = new int[entries.size()];
        indices = new HashMap<>();
        double covered = 0;
        for (Map.Entry<Integer, long[]> entry : entries) {
            boolean enough = covered / total >= coverage;
            covered += entry.getValue()[0];
            if (!enough || entry.getKey() == WordCounts.SPACE) { // a word can never do without its space
                kept[indices.size()] = entry.getKey();
                indices.put(entry.getKey(), indices.size());
            }
        }
        codePoints = Arrays.copyOf(kept, indices.size());
    }

    int size() {
        return codePoints.length;
    }

    int codePoint(int index) {
        return codePoints[index];
    }

    /** The number of a character, −1 where the alphabet does not have it. */
    int index(int codePoint) {
        return indices.getOrDefault(codePoint, -1);
    }
}
