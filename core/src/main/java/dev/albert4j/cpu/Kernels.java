package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of the encoder's inner loops. Implementations are immutable and thread-safe, and what they compute for a
 * row never depends on the rows beside it, so that results do not depend on how work is cut.
 *
 * <p>Matrices are row-major pieces of arrays: an offset, and a stride from row to row. A matrix on the right of a product
 * is packed into <em>panels</em> of {@link #panelWidth} columns: the panel's first row, its second, and so on.
 */
interface Kernels {
    /** Rows of a matrix that {@link #multiply} computes at once, at least. */
    int ROW_UNIT = 4;

    /** Rows that a buffer needs below its last one. */
    int ROW_SLACK = ROW_UNIT - 1;

    /** Greatest depth of a product. */
    int MAX_DEPTH = 768;

    /**
     * From the start of a row on the left of a product to the start of the next: a constant, so that compiled code keeps one register
     * for all rows. No multiple of a large power of 2, which would crowd all rows into the same few cache sets.
     */
    int LEFT_STRIDE = MAX_DEPTH + 16;

    /** Columns of a panel. */
    int panelWidth();

    /**
     * Adds a product to one panel of columns: {@code c += a · panel}. Where the number of rows is no multiple of
     * {@link #ROW_UNIT}, also reads the rows of a up to the next multiple, and writes those of c; their values mean nothing.
     *
     * @param rows rows of a and c
     * @param depth columns of a, rows of the panel; at most {@link #MAX_DEPTH}
     * @param a its rows are {@link #LEFT_STRIDE} apart
     */
    void multiply(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            float[] panels,
            int panelOffset,
            float[] c,
            int cOffset,
            int cStride);

    /** Normalises a row to mean 0 and variance 1, then multiplies by the weight and adds the bias. */
    void layerNorm(float[] x, int offset, int size, float[] weight, float[] bias, double eps);

    /**
     * Replaces a row by the numerators of {@code softmax(scale · x)}, of which the greatest is 1. The row has room up to the next
     * multiple of {@link #panelWidth}, which is overwritten.
     *
     * @return 1 / the denominator, by which the numerators, or what they are the weights of, are still to be multiplied
     */
    float softmaxNumerators(float[] x, int offset, int size, float scale);

    /** {@code y = factor · x}, of a row; x and y do not overlap. */
    void scale(float factor, float[] x, int xOffset, int size, float[] y, int yOffset);

    /** {@link Activation#GELU_ERF} of consecutive values; their number is a multiple of {@link #panelWidth}. */
    void geluErf(float[] x, int offset, int size);

    /** {@link Activation#GELU_TANH}, likewise. */
    void geluTanh(float[] x, int offset, int size);

    /** {@link Activation#RELU}, likewise. */
    void relu(float[] x, int offset, int size);

    /** Applies an activation to consecutive values; their number is a multiple of {@link #panelWidth}. */
    default void activate(Activation activation, float[] x, int offset, int size) {
        switch (activation) {
            case GELU_ERF -> geluErf(x, offset, size);
            case GELU_TANH -> geluTanh(x, offset, size);
            case RELU -> relu(x, offset, size);
        }
    }

    /**
     * Rounds a row to unsigned 8-bit integers, {@code q = round(x / scale) + zero}, where {@code scale} is a 255th of the way
     * from the row's least value to its greatest, 0 among them, and {@code zero} stands for 0: as ONNX's
     * {@code DynamicQuantizeLinear}, for a row.
     *
     * @param scaleAndZero receives scale and zero, from {@code at} on
     */
    void quantize(float[] x, int offset, int size, byte[] q, int qOffset, float[] scaleAndZero, int at);

    /**
     * Makes of a row's products with {@linkplain #quantize quantized} inputs what they stand for:
     * {@code y = scale · y + bias − scale · zero · sums}, plus the residual if there is one. All arrays have room up to the next
     * multiple of {@link #panelWidth}; what y has there is overwritten.
     *
     * @param scaleAndZero of the row of inputs, from {@code at} on
     * @param sums of the weights, what an input of 1 adds up to
     */
    void dequantize(
            float[] y,
            int offset,
            int size,
            float[] scaleAndZero,
            int at,
            float[] bias,
            float[] sums,
            float @Nullable [] residual,
            int residualOffset);
}
