package dev.albert4j.cli;

import dev.albert4j.model.AlbertWeights;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Rounds a model's matrices to 8 bits, but for those that cost too much accuracy: while it falls too far, the matrix that gives
 * most of it back stays in floats.
 */
final class Quantization {
    /** How good a model is; more is better. */
    @FunctionalInterface
    interface Accuracy {
        double of(AlbertWeights weights) throws IOException;
    }

    private Quantization() {}

    /**
     * As many matrices in 8 bits as {@code least} allows.
     *
     * @param least accuracy that has to be kept
     * @throws IllegalArgumentException if one matrix alone costs too much
     */
    static AlbertWeights keeping(AlbertWeights weights, Accuracy accuracy, double least) throws IOException {
        AlbertWeights quantized = weights.quantized();
        Set<String> names = quantized.int8Names();
        double reached = accuracy.of(quantized);
        while (!(reached >= least)) { // not a number is not enough
            reached = Double.NEGATIVE_INFINITY;
            String sensitive = null;
            for (String name : names.size() > 1 ? names : Set.<String>of()) {
                AlbertWeights candidate = weights.quantized(without(names, name));
                double value = accuracy.of(candidate);
                if (value > reached) {
                    reached = value;
                    sensitive = name;
                    quantized = candidate;
                }
            }
            if (sensitive == null) {
                throw new IllegalArgumentException("no matrix can be stored in 8 bits within --max-drop");
            }
            names = without(names, sensitive);
            System.err.println("stays in floats: " + sensitive);
        }
        return quantized;
    }

    private static Set<String> without(Set<String> names, String name) {
        Set<String> others = new LinkedHashSet<>(names);
        others.remove(name);
        return others;
    }
}
