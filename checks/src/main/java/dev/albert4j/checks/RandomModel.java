package dev.albert4j.checks;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Models of well-known shapes with random weights, and random input for them: speed does not depend on the values. */
public final class RandomModel {
    private RandomModel() {}

    /** ALBERT base: 12 layers × 768. */
    public static AlbertConfig base() {
        return AlbertConfig.builder()
                .hiddenSize(768)
                .numAttentionHeads(12)
                .intermediateSize(3072)
                .hiddenAct(Activation.GELU_TANH)
                .build();
    }

    /** albert_zh's tiny: 4 layers × 312. */
    public static AlbertConfig tiny() {
        return AlbertConfig.builder()
                .vocabSize(21128)
                .hiddenSize(312)
                .numHiddenLayers(4)
                .numAttentionHeads(12)
                .intermediateSize(1248)
                .hiddenAct(Activation.GELU_TANH)
                .build();
    }

    /**
     * One of them by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AlbertConfig named(String size) {
        return switch (size) {
            case "tiny" -> tiny();
            case "base" -> base();
            default -> throw new IllegalArgumentException("size " + size + " is neither tiny nor base");
        };
    }

    /** Normally distributed weights as at the start of a training; LayerNorm weights 1. */
    public static AlbertWeights weights(AlbertConfig config, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> values = new HashMap<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            float[] array = new float[parameter.numElements()];
            if (parameter.name().endsWith("orm.weight")) {
                Arrays.fill(array, 1);
            } else {
                for (int i = 0; i < array.length; i++) {
                    array[i] = (float) (config.initializerRange() * random.nextGaussian());
                }
            }
            values.put(parameter.name(), array);
        }
        return AlbertWeights.of(config, values);
    }

    /** Sequences of these lengths with random ids and types. */
    public static Batch batch(AlbertConfig config, long seed, int... lengths) {
        Random random = new Random(seed);
        int[][] ids = new int[lengths.length][];
        int[][] typeIds = new int[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            ids[i] = random.ints(lengths[i], 0, config.vocabSize()).toArray();
            typeIds[i] = random.ints(lengths[i], 0, config.typeVocabSize()).toArray();
        }
        return Batch.of(ids, typeIds);
    }
}
