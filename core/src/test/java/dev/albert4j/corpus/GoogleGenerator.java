package dev.albert4j.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The pairs of google-research/albert's generator ({@code create_pretraining_data.py}, {@code create_instances_from_document}), told step
 * by step with lists, as there: only lengths, labels and parts are kept.
 */
final class GoogleGenerator {
    private final List<List<int[]>> documents;
    private final int room;
    private final double shortSeqProb;
    private final Random random;

    /** What is compared. */
    record Instance(int lengthOfA, int lengthOfB, int label, boolean otherDocument) {
        int length() {
            return lengthOfA + lengthOfB + 3;
        }

        double shareOfA() {
            return (double) lengthOfA / (lengthOfA + lengthOfB);
        }
    }

    GoogleGenerator(List<List<int[]>> documents, int maxSeqLength, double shortSeqProb, long seed) {
        this.documents = documents;
        this.room = maxSeqLength - 3;
        this.shortSeqProb = shortSeqProb;
        this.random = new Random(seed);
    }

    /** One pass over the documents. */
    List<Instance> pass() {
        List<Instance> instances = new ArrayList<>();
        for (int document = 0; document < documents.size(); document++) {
            addInstances(document, instances);
        }
        return instances;
    }

    private int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    private void addInstances(int number, List<Instance> instances) {
        List<int[]> document = documents.get(number);
        int target = random.nextDouble() < shortSeqProb ? between(2, room) : room;
        List<int[]> chunk = new ArrayList<>();
        int length = 0;
        for (int i = 0; i < document.size(); i++) {
            chunk.add(document.get(i));
            length += document.get(i).length;
            if (i == document.size() - 1 || length >= target) {
                instances.add(instance(number, chunk, target));
                chunk.clear();
                length = 0;
            }
        }
    }

    private Instance instance(int number, List<int[]> chunk, int target) {
        int aEnd = chunk.size() >= 2 ? between(1, chunk.size() - 1) : 1;
        int a = sum(chunk.subList(0, aEnd));
        if (chunk.size() == 1) {
            return truncated(a, other(number, target - a), 1, true);
        }
        int b = sum(chunk.subList(aEnd, chunk.size()));
        return random.nextDouble() < 0.5 ? truncated(b, a, 1, false) : truncated(a, b, 0, false);
    }

    private int other(int number, int wanted) {
        int other = number;
        for (int i = 0; i < 10 && other == number; i++) {
            other = between(0, documents.size() - 1);
        }
        int length = 0;
        List<int[]> document = documents.get(other);
        for (int i = between(0, document.size() - 1); i < document.size(); i++) {
            length += document.get(i).length;
            if (length >= wanted) {
                break;
            }
        }
        return length;
    }

    private Instance truncated(int lengthOfA, int lengthOfB, int label, boolean otherDocument) {
        int a = lengthOfA;
        int b = lengthOfB;
        while (a + b > room) {
            if (a > b) {
                a--;
            } else {
                b--;
            }
        }
        return new Instance(a, b, label, otherDocument);
    }

    private static int sum(List<int[]> sentences) {
        return sentences.stream().mapToInt(sentence -> sentence.length).sum();
    }
}
