package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Words spelled in pieces, and how often each pair of pieces stands side by side in them. A merge touches only the words that
 * hold its pair. Not thread-safe.
 */
final class PiecePairs {
    private static final Comparator<Pair> MOST_FREQUENT_FIRST = Comparator.comparingLong((Pair pair) -> -pair.count)
            .thenComparing(Pair::first)
            .thenComparing(Pair::second);

    private final List<int[]> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Occurrences> pairs = new HashMap<>();
    // Counts only fall after a pair was queued, unless a merge makes more of it, which queues it again.
    private final PriorityQueue<Pair> queue = new PriorityQueue<>(MOST_FREQUENT_FIRST);

    /**
     * Two pieces side by side.
     *
     * @param first id of the left piece
     * @param second id of the right piece
     * @param count how often
     */
    record Pair(int first, int second, long count) {}

    private static final class Occurrences {
        long count;
        final Set<Integer> words = new HashSet<>(); // may hold words that have lost the pair
    }

    /** Adds a word that occurs so often. */
    void add(int[] spelling, long count) {
        int word = words.size();
        words.add(spelling);
        counts.add(count);
        for (int i = 1; i < spelling.length; i++) {
            count(spelling[i - 1], spelling[i], count, word);
        }
    }

    private void count(int first, int second, long count, int word) {
        Occurrences pair = pairs.computeIfAbsent(key(first, second), key -> new Occurrences());
        pair.count += count;
        if (count > 0) {
            pair.words.add(word);
        }
    }

    private static long key(int first, int second) {
        return (long) first << 32 | second;
    }

    /** The pair that occurs most often; null if no word has two pieces. */
    @Nullable
    Pair mostFrequent() {
        if (queue.isEmpty()) {
            pairs.forEach((key, pair) -> queue.add(new Pair((int) (key >>> 32), key.intValue(), pair.count)));
        }
        while (!queue.isEmpty()) {
            Pair pair = queue.remove();
            Occurrences now = pairs.get(key(pair.first, pair.second));
            if (now != null && now.count == pair.count) {
                return pair;
            }
            if (now != null && now.count > 0) {
                queue.add(new Pair(pair.first, pair.second, now.count));
            }
        }
        return null;
    }

    /** Puts a piece in the place of a pair, wherever it occurs. */
    void merge(Pair pair, int piece) {
        Occurrences merged = pairs.remove(key(pair.first, pair.second));
        if (merged == null) {
            return;
        }
        Set<Long> grown = new HashSet<>();
        for (int word : merged.words) {
            merge(word, pair, piece, grown);
        }
        pairs.remove(key(pair.first, pair.second)); // the words have counted it down again
        for (long key : grown) {
            Occurrences now = pairs.get(key);
            if (now != null && now.count > 0) {
                queue.add(new Pair((int) (key >>> 32), (int) key, now.count));
            }
        }
    }

    private void merge(int word, Pair pair, int piece, Set<Long> grown) {
        int[] before = words.get(word);
        int[] after = new int[before.length];
        int length = 0;
        for (int i = 0; i < before.length; i++) {
            boolean here = before[i] == pair.first && i + 1 < before.length && before[i + 1] == pair.second;
            after[length++] = here ? piece : before[i];
            i += here ? 1 : 0;
        }
        if (length == before.length) {
            return;
        }
        int[] shorter = Arrays.copyOf(after, length);
        long count = counts.get(word);
        for (int i = 1; i < before.length; i++) {
            count(before[i - 1], before[i], -count, word);
        }
        for (int i = 1; i < length; i++) {
            count(shorter[i - 1], shorter[i], count, word);
            if (shorter[i - 1] == piece || shorter[i] == piece) {
                grown.add(key(shorter[i - 1], shorter[i]));
            }
        }
        words.set(word, shorter);
    }
}
