package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The worst of a model's mistakes, with their texts: what a person looks at to see why a model errs. Keeps twenty, and the
 * beginnings of long texts, however many are added. Not thread-safe.
 */
public final class Mistakes {
    private static final int MAX_KEPT = 20;
    private static final int MAX_TEXT = 400;
    private static final int MAX_ANSWER = 200;

    private final String measure;
    /** The mildest first; of equal ones the later. */
    private final PriorityQueue<Ranked> kept = new PriorityQueue<>(Comparator.comparingDouble(Ranked::badness)
            .thenComparing(Comparator.comparingLong(Ranked::number).reversed()));

    private long count;

    /**
     * A mistake.
     *
     * @param place the example's line, or its number in the file, from 1
     * @param text what the model was given; a long one cut off
     * @param expected what was right
     * @param predicted what the model said
     * @param score in the unit of the {@link Mistakes}
     */
    public record Mistake(long place, String text, String expected, String predicted, double score) {
        public Mistake {
            text = clipped(text, MAX_TEXT);
            expected = clipped(expected, MAX_ANSWER);
            predicted = clipped(predicted, MAX_ANSWER);
        }

        /** Several texts as one, a line each; empty ones are left out. */
        public static String joined(String... texts) {
            return Stream.of(texts)
                    .filter(text -> !text.isEmpty())
                    .map(text -> clipped(text, MAX_TEXT / texts.length))
                    .collect(Collectors.joining("\n"));
        }

        private static String clipped(String text, int length) {
            if (text.length() <= length) {
                return text;
            }
            int end = Character.isLowSurrogate(text.charAt(length - 1)) ? length - 2 : length - 1;
            return text.substring(0, end) + "…";
        }
    }

    private record Ranked(double badness, long number, Mistake mistake) {}

    /** @param measure what the scores are, for a reader: {@code probability} */
    public Mistakes(String measure) {
        this.measure = measure;
    }

    /**
     * Takes in a mistake.
     *
     * @param badness how bad it is; the worst are kept, of equal ones the first
     */
    public void add(double badness, Mistake mistake) {
        kept.add(new Ranked(badness, count++, mistake));
        if (kept.size() > MAX_KEPT) {
            kept.remove();
        }
    }

    /** How many there were. */
    public long count() {
        return count;
    }

    /** The worst, the very worst first. */
    public List<Mistake> worst() {
        List<Ranked> sorted = new ArrayList<>(kept);
        sorted.sort(kept.comparator().reversed());
        return sorted.stream().map(Ranked::mistake).toList();
    }

    ObjectNode toJson() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("count", count).put("measure", measure);
        ArrayNode array = root.putArray("worst");
        for (Mistake mistake : worst()) {
            array.addObject()
                    .put("place", mistake.place())
                    .put("text", mistake.text())
                    .put("expected", mistake.expected())
                    .put("predicted", mistake.predicted())
                    .put("score", mistake.score());
        }
        return root;
    }
}
