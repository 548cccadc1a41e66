package dev.albert4j.cpu;

import dev.albert4j.model.Int8Matrix;

/** {@link Int8Products} on the float32 kernels: integers are exact in floats, and their sums are up to rounding. */
final class JavaInt8Products implements Int8Products {
    private final Kernels kernels;
    private final Team alone = Team.alone();

    JavaInt8Products(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public Product pack(Int8Matrix weights) {
        int numOutputs = weights.numRows();
        int numInputs = weights.numColumns();
        float[] scales = weights.scales();
        Linear linear = FloatLinear.of(weights.integers(), new float[numOutputs], numOutputs, numInputs, kernels);
        return (x, numRows, y, offset, stride) -> {
            Rows floats = Rows.of(numRows, numInputs, kernels.panelWidth());
            Rows sums = Rows.of(numRows, numOutputs, kernels.panelWidth());
            for (int row = 0; row < numRows; row++) {
                for (int i = 0; i < numInputs; i++) {
                    floats.values()[floats.at(row) + i] = x[row * numInputs + i] & 0xff;
                }
            }
            linear.apply(floats, sums, numRows, alone);
            for (int row = 0; row < numRows; row++) {
                int to = offset + row * stride;
                for (int output = 0; output < numOutputs; output++) {
                    y[to + output] = scales[output] * sums.values()[sums.at(row) + output];
                }
            }
        };
    }

    @Override
    public void close() {} // nothing is held

    @Override
    public String toString() {
        return "int8 in Java, " + kernels;
    }
}
