package dev.albert4j.task;

import dev.albert4j.data.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * A model's labels as BIO tags (IOB2): {@code O}, {@code B-x} for the first word of a span, {@code I-x} for those after it; and the
 * best valid sequence of them. Immutable.
 */
final class BioTags {
    private static final int NONE = -1;

    private final List<String> names; // [C]
    private final int outside;
    private final int[] beginOf; // [C]: of I-x the tag B-x, of others NONE
    private final int[] insideOf; // [C]: of B-x the tag I-x, if there is one, of others NONE

    private BioTags(List<String> names) {
        this.names = List.copyOf(names);
        this.outside = names.indexOf("O");
        this.beginOf = partners("I-", "B-");
        this.insideOf = partners("B-", "I-");
        for (int c = 0; c < names.size(); c++) {
            String name = names.get(c);
            boolean known = c == outside || name.length() > 2 && (name.startsWith("B-") || name.startsWith("I-"));
            if (!known || name.startsWith("I-") && beginOf[c] == NONE) {
                throw new IllegalArgumentException("label " + name + (known ? " has no B-" + name.substring(2) : "")
                        + " of " + names + "; allowed are O, B-x, and I-x where there is B-x");
            }
        }
        if (outside < 0) {
            throw new IllegalArgumentException("the labels " + names + " lack O");
        }
    }

    private int[] partners(String prefix, String other) {
        int[] partners = new int[names.size()];
        for (int c = 0; c < partners.length; c++) {
            String name = names.get(c);
            partners[c] = name.startsWith(prefix) ? names.indexOf(other + name.substring(2)) : NONE;
        }
        return partners;
    }

    /** @throws IllegalArgumentException if a label is none of the tags, or {@code O} is missing */
    static BioTags of(List<String> names) {
        return new BioTags(names);
    }

    static List<String> names(Collection<String> types) {
        List<String> names = new ArrayList<>(List.of("O"));
        for (String type : new TreeSet<>(types)) {
            names.add("B-" + type);
            names.add("I-" + type);
        }
        return List.copyOf(names);
    }

    int outside() {
        return outside;
    }

    /** Whether a tag is B-x. */
    boolean begins(int tag) {
        return tag != outside && beginOf[tag] == NONE;
    }

    /** x of B-x or I-x. */
    String type(int tag) {
        return names.get(tag).substring(2);
    }

    /**
     * The tag of the first word of a span.
     *
     * @throws IllegalArgumentException if there is none
     */
    int begin(Span span) {
        int tag = names.indexOf("B-" + span.type());
        if (tag < 0) {
            throw new IllegalArgumentException("type " + span.type() + " is none of the tags " + names);
        }
        return tag;
    }

    /** The tag of the words of a span after the first; where the labels have none, the first word's. */
    int inside(Span span) {
        int begin = begin(span);
        return insideOf[begin] == NONE ? begin : insideOf[begin];
    }

    /**
     * The valid sequence whose scores have the greatest sum (Viterbi): I-x stands only after B-x or I-x.
     *
     * @param scores [W, C], log-probabilities
     * @return [W]
     */
    int[] decode(List<double[]> scores) {
        int numTags = names.size();
        int[][] from = new int[scores.size()][numTags];
        double[] best = new double[numTags]; // of the sequences that end with each tag
        for (int word = 0; word < scores.size(); word++) {
            double[] next = new double[numTags];
            int bestTag = argMax(best);
            for (int tag = 0; tag < numTags; tag++) {
                int previous = bestTag;
                if (beginOf[tag] != NONE) {
                    previous = best[tag] > best[beginOf[tag]] ? tag : beginOf[tag];
                }
                boolean impossible = word == 0 && beginOf[tag] != NONE;
                from[word][tag] = previous;
                next[tag] = (impossible ? Double.NEGATIVE_INFINITY : best[previous]) + scores.get(word)[tag];
            }
            best = next;
        }
        int[] tags = new int[scores.size()];
        int tag = argMax(best);
        for (int word = tags.length - 1; word >= 0; word--) {
            tags[word] = tag;
            tag = from[word][tag];
        }
        return tags;
    }

    private static int argMax(double[] values) {
        int best = 0;
        for (int c = 1; c < values.length; c++) {
            best = values[c] > values[best] ? c : best;
        }
        return best;
    }

    /** Logarithms of the probabilities that the values stand for. */
    static double[] logSoftmax(double[] values) {
        double max = Arrays.stream(values).max().orElseThrow();
        double sum = Arrays.stream(values).map(value -> Math.exp(value - max)).sum();
        return Arrays.stream(values).map(value -> value - max - Math.log(sum)).toArray();
    }
}
