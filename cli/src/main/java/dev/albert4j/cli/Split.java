package dev.albert4j.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Labelled data to learn from, and others to choose the best weights by.
 *
 * @param train at least one
 * @param dev may be empty
 */
record Split<T>(List<T> train, List<T> dev) {
    /**
     * Holds a share out, of each kind of examples the same; both parts keep the file's order.
     *
     * @param kind what is to be shared out evenly: the label
     * @param line place in the file
     */
    static <T> Split<T> of(
            List<T> examples, Function<T, String> kind, ToLongFunction<T> line, double share, long seed) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("--dev-share " + share + " is not between 0 and 1");
        }
        Map<String, List<T>> kinds = new TreeMap<>();
        examples.forEach(example -> kinds.computeIfAbsent(kind.apply(example), key -> new ArrayList<>())
                .add(example));
        Random random = new Random(seed);
        List<T> train = new ArrayList<>();
        List<T> dev = new ArrayList<>();
        for (List<T> group : kinds.values()) {
            Collections.shuffle(group, random);
            int held = Math.min(group.size() - 1, (int) Math.round(group.size() * share));
            dev.addAll(group.subList(0, held));
            train.addAll(group.subList(held, group.size()));
        }
        if (share > 0 && dev.isEmpty()) {
            throw new IllegalArgumentException(
                    "--dev-share " + share + " of each label's texts, " + examples.size() + " in all, is not one text");
        }
        train.sort(Comparator.comparingLong(line));
        dev.sort(Comparator.comparingLong(line));
        return new Split<>(train, dev);
    }
}
