package dev.albert4j.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
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
     * How examples are split: all parts keep the file's order.
     *
     * @param kind what is to be shared out evenly: the label
     * @param group what must stay together, lest a model be evaluated on what it has learned: the context of several questions
     * @param line place in the file
     */
    record By<T>(Function<T, String> kind, Function<T, ?> group, ToLongFunction<T> line) {
        /** Every example may be parted from every other one. */
        static <T> Function<T, ?> alone() {
            return example -> new Object();
        }

        /** Holds a share out, of each kind of examples the same; of each kind one group at least is learned from. */
        Split<T> share(List<T> examples, double share, long seed) {
            if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException("--dev-share " + share + " is not between 0 and 1");
            }
            List<T> train = new ArrayList<>();
            List<T> dev = new ArrayList<>();
            for (List<List<T>> groups : shuffled(examples, seed)) {
                int held = Math.min(groups.size() - 1, (int) Math.round(groups.size() * share));
                groups.subList(0, held).forEach(dev::addAll);
                groups.subList(held, groups.size()).forEach(train::addAll);
            }
            if (share > 0 && dev.isEmpty()) {
                throw new IllegalArgumentException("--dev-share " + share + " of each label's texts, " + examples.size()
                        + " in all, is not one text");
            }
            return split(train, dev);
        }

        /**
         * Deals the examples out to so many parts of the same size, and of each kind the same number as near as can be; holds each part
         * out once.
         */
        List<Split<T>> folds(List<T> examples, int number, long seed) {
            List<List<T>> parts = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                parts.add(new ArrayList<>());
            }
            int next = 0;
            for (List<List<T>> groups : shuffled(examples, seed)) {
                for (List<T> group : groups) {
                    parts.get(next++ % number).addAll(group);
                }
            }
            if (number < 2 || next < number) {
                throw new IllegalArgumentException("--folds " + number + " is not between 2 and " + next
                        + ", the number of examples (or of texts with questions) that can be parted");
            }
            List<Split<T>> splits = new ArrayList<>();
            for (List<T> dev : parts) {
                List<T> train = new ArrayList<>();
                parts.stream().filter(part -> part != dev).forEach(train::addAll);
                splits.add(split(train, new ArrayList<>(dev)));
            }
            return splits;
        }

        /** Of each kind the groups, in random order. */
        private List<List<List<T>>> shuffled(List<T> examples, long seed) {
            Map<Object, List<T>> groups = new LinkedHashMap<>();
            examples.forEach(example -> groups.computeIfAbsent(group.apply(example), key -> new ArrayList<>())
                    .add(example));
            Map<String, List<List<T>>> kinds = new TreeMap<>();
            groups.values()
                    .forEach(members -> kinds.computeIfAbsent(kind.apply(members.get(0)), key -> new ArrayList<>())
                            .add(members));
            Random random = new Random(seed);
            Collection<List<List<T>>> all = kinds.values();
            all.forEach(of -> Collections.shuffle(of, random));
            return List.copyOf(all);
        }

        private Split<T> split(List<T> train, List<T> dev) {
            train.sort(Comparator.comparingLong(line));
            dev.sort(Comparator.comparingLong(line));
            return new Split<>(train, dev);
        }
    }
}
