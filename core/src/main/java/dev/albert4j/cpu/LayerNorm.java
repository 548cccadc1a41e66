package dev.albert4j.cpu;

import dev.albert4j.model.AlbertWeights;

/** LayerNorm over the columns of each row. */
final class LayerNorm {
    private final Kernels kernels;
    private final float[] weight;
    private final float[] bias;
    private final double eps;

    private LayerNorm(Kernels kernels, float[] weight, float[] bias, double eps) {
        this.kernels = kernels;
        this.weight = weight;
        this.bias = bias;
        this.eps = eps;
    }

    /** The parameters {@code name.weight} and {@code name.bias}. */
    static LayerNorm of(AlbertWeights weights, String name, Kernels kernels) {
        return new LayerNorm(
                kernels,
                weights.values(name + ".weight"),
                weights.values(name + ".bias"),
                weights.config().layerNormEps());
    }

    /** Normalises rows in place. */
    void apply(Rows x, int numRows) {
        for (int row = 0; row < numRows; row++) {
            kernels.layerNorm(x.values(), x.at(row), weight.length, weight, bias, eps);
        }
    }
}
