package dev.albert4j.task;

import dev.albert4j.model.AlbertWeights;

/** The linear map of a task's head, in double precision: {@code y = W x + b} on one row of an array. Immutable. */
final class LinearHead {
    private final int hiddenSize;
    private final float[] weight; // [C, H]
    private final float[] bias; // [C]

    private LinearHead(int hiddenSize, float[] weight, float[] bias) {
        this.hiddenSize = hiddenSize;
        this.weight = weight;
        this.bias = bias;
    }

    /** The parameters {@code name.weight} [C, H] and {@code name.bias} [C]. */
    static LinearHead of(AlbertWeights weights, String name) {
        return new LinearHead(
                weights.config().hiddenSize(), weights.values(name + ".weight"), weights.values(name + ".bias"));
    }

    /** C. */
    int size() {
        return bias.length;
    }

    /** @param states rows of H values; gives the C values of row {@code row} */
    double[] apply(float[] states, int row) {
        double[] result = new double[bias.length];
        for (int c = 0; c < result.length; c++) {
            double sum = bias[c];
            for (int h = 0; h < hiddenSize; h++) {
                sum += (double) weight[c * hiddenSize + h] * states[row * hiddenSize + h];
            }
            result[c] = sum;
        }
        return result;
    }
}
