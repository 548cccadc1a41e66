package dev.albert4j.train;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Takes the least important attention heads and feed-forward neurons out of a model: its matrices become smaller. Each stored layer
 * loses as many. What the model computes without them is what it computed with their outputs set to 0.
 *
 * <p>With fewer neurons a model is like any other. With fewer heads its attention is narrower than H
 * ({@link AlbertConfig#attentionSize}), which Hugging Face's configuration cannot express.
 */
public final class Pruning {
    private Pruning() {}

    /**
     * Without the least important heads.
     *
     * @param numKept heads that stay in each layer
     * @param importance measured on this model
     * @throws IllegalArgumentException if so many are not there, or none would stay
     */
    public static AlbertWeights heads(AlbertWeights weights, int numKept, Importance importance) {
        AlbertConfig config = weights.config();
        check("heads", numKept, config.numAttentionHeads());
        int h = config.hiddenSize();
        int d = config.headSize();
        AlbertConfig pruned =
                config.toBuilder().numAttentionHeads(numKept).headSize(d).build();
        return replaced(weights, pruned, importance.heads(), numKept, (values, layer, kept) -> {
            int[] rows = IntStream.of(kept)
                    .flatMap(head -> IntStream.range(head * d, (head + 1) * d))
                    .toArray();
            for (String part : List.of("query", "key", "value")) {
                values.computeIfPresent(layer + ".attention." + part + ".weight", (name, all) -> rows(all, rows, h));
                values.computeIfPresent(layer + ".attention." + part + ".bias", (name, all) -> rows(all, rows, 1));
            }
            values.computeIfPresent(layer + ".attention.dense.weight", (name, all) -> columns(all, rows, h));
        });
    }

    /**
     * Without the least important feed-forward neurons.
     *
     * @param numKept neurons that stay in each layer
     * @param importance measured on this model
     * @throws IllegalArgumentException if so many are not there, or none would stay
     */
    public static AlbertWeights neurons(AlbertWeights weights, int numKept, Importance importance) {
        AlbertConfig config = weights.config();
        check("neurons", numKept, config.intermediateSize());
        int h = config.hiddenSize();
        AlbertConfig pruned = config.toBuilder().intermediateSize(numKept).build();
        return replaced(weights, pruned, importance.neurons(), numKept, (values, layer, kept) -> {
            values.computeIfPresent(layer + ".ffn.weight", (name, all) -> rows(all, kept, h));
            values.computeIfPresent(layer + ".ffn.bias", (name, all) -> rows(all, kept, 1));
            values.computeIfPresent(layer + ".ffn_output.weight", (name, all) -> columns(all, kept, h));
        });
    }

    private static void check(String parts, int numKept, int all) {
        if (numKept < 1 || numKept > all) {
            throw new IllegalArgumentException(numKept + " " + parts + " of a layer cannot stay, only 1 to " + all);
        }
    }

    /** Replaces the arrays of one layer by smaller ones. */
    @FunctionalInterface
    private interface Cut {
        void apply(Map<String, float[]> values, String layer, int[] kept);
    }

    private static AlbertWeights replaced(
            AlbertWeights weights, AlbertConfig pruned, List<double[]> importance, int numKept, Cut cut) {
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.names().forEach(name -> values.put(name, weights.values(name)));
        List<String> layers = Importance.layers(weights.config());
        for (int layer = 0; layer < layers.size(); layer++) {
            cut.apply(values, layers.get(layer), mostImportant(importance.get(layer), numKept));
        }
        return AlbertWeights.of(pruned, values);
    }

    /** The numbers of the parts that stay, ascending; of equally important ones the first. */
    static int[] mostImportant(double[] importance, int numKept) {
        Function<Integer, Double> value = part -> importance[part];
        return IntStream.range(0, importance.length)
                .boxed()
                .sorted(Comparator.comparing(value).reversed())
                .limit(numKept)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /** Some rows of a matrix [rows, width]. */
    private static float[] rows(float[] matrix, int[] kept, int width) {
        float[] some = new float[kept.length * width];
        for (int row = 0; row < kept.length; row++) {
            System.arraycopy(matrix, kept[row] * width, some, row * width, width);
        }
        return some;
    }

    /** Some columns of a matrix [numRows, columns]. */
    private static float[] columns(float[] matrix, int[] kept, int numRows) {
        int width = matrix.length / numRows;
        float[] some = new float[numRows * kept.length];
        for (int row = 0; row < numRows; row++) {
            for (int column = 0; column < kept.length; column++) {
                some[row * kept.length + column] = matrix[row * width + kept[column]];
            }
        }
        return some;
    }
}
