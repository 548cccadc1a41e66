package dev.albert4j.cpu;

import dev.albert4j.model.Int8Matrix;
import java.util.concurrent.ConcurrentLinkedQueue;

/** {@link Int8Products} on the float32 kernels: integers are exact in floats, and their sums are up to rounding. */
final class JavaInt8Products implements Int8Products {
    private final Kernels kernels;
    private final Buffers buffers = new Buffers();
    private final Team alone = Team.alone();
    private final ConcurrentLinkedQueue<Rows> free = new ConcurrentLinkedQueue<>(); // buffers to use again

    JavaInt8Products(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public Product pack(Int8Matrix weights) {
        int numOutputs = weights.numRows();
        int numInputs = weights.numColumns();
        float[] scales = weights.scales();
        Linear linear =
                FloatLinear.of(weights.integers(), new float[numOutputs], numOutputs, numInputs, kernels, buffers);
        return (x, numRows, y, offset, stride, withRow) -> {
            Rows floats = take(numRows, numInputs);
            Rows sums = take(numRows, numOutputs);
            for (int row = 0; row < numRows; row++) {
                toFloats(x, row * numInputs, numInputs, floats.values(), floats.at(row));
            }
            linear.apply(floats, sums, numRows, alone);
            for (int row = 0; row < numRows; row++) {
                multiply(scales, sums.values(), sums.at(row), y, offset + row * stride);
                withRow.accept(row);
            }
            free.add(floats);
            free.add(sums);
        };
    }

    private Rows take(int numRows, int numColumns) {
        Rows buffer = free.poll();
        return buffer == null
                ? Rows.of(numRows, numColumns, kernels.panelWidth())
                : buffer.reshape(numRows, numColumns, kernels.panelWidth());
    }

    private static void toFloats(byte[] x, int offset, int size, float[] floats, int to) {
        for (int i = 0; i < size; i++) {
            floats[to + i] = x[offset + i] & 0xff;
        }
    }

    private static void multiply(float[] scales, float[] sums, int from, float[] y, int to) {
        for (int i = 0; i < scales.length; i++) {
            y[to + i] = scales[i] * sums[from + i];
        }
    }

    @Override
    public void close() {
        free.clear();
    }

    @Override
    public String toString() {
        return "int8 in Java, " + kernels;
    }
}
