package dev.albert4j.model;

import dev.albert4j.model.AlbertParameters.Parameter;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The values a parameter starts from. */
final class Initializer {
    private Initializer() {}

    static float[] values(Parameter parameter, AlbertConfig config, long seed) {
        float[] values = new float[parameter.numElements()];
        if (parameter.shape().size() > 1) {
            truncatedNormal(values, config.initializerRange(), new SplittableRandom(seed ^ hash(parameter.name())));
        } else if (isLayerNormWeight(parameter.name())) {
            Arrays.fill(values, 1);
        }
        return values;
    }

    private static boolean isLayerNormWeight(String name) {
        return name.endsWith("LayerNorm.weight") || name.endsWith("full_layer_layer_norm.weight");
    }

    /** Marsaglia's polar method; StrictMath, so that every JVM gives the same. */
    private static void truncatedNormal(float[] values, double standardDeviation, SplittableRandom random) {
        int i = 0;
        while (i < values.length) {
            double u = 2 * random.nextDouble() - 1;
            double v = 2 * random.nextDouble() - 1;
            double square = u * u + v * v;
            if (square >= 1 || square == 0) {
                continue;
            }
            double scale = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
            if (Math.abs(u * scale) <= 2) {
                values[i++] = (float) (u * scale * standardDeviation);
            }
            if (i < values.length && Math.abs(v * scale) <= 2) {
                values[i++] = (float) (v * scale * standardDeviation);
            }
        }
    }

    /** FNV-1a, which spreads similar names over all 64 bits. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
