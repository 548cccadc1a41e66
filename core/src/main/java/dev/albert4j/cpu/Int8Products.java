package dev.albert4j.cpu;

import dev.albert4j.model.Int8Matrix;
import java.util.function.IntConsumer;

/**
 * Whoever multiplies matrices of 8-bit integers for {@link CpuEncoder}: plain Java ({@link #inJava}), or a library. Thread-safe.
 */
public interface Int8Products extends AutoCloseable {
    /** Packs the weights of a dense layer; the product is valid until {@link #close}. */
    Product pack(Int8Matrix weights);

    /** Frees what was packed. No product may be running. */
    @Override
    void close();

    /**
     * Products in plain Java, as sums of float32 that are exact up to rounding: for machines without a library, or without
     * instructions for it. The weights are packed as floats, and as fast as those.
     */
    static Int8Products inJava() {
        return new JavaInt8Products(PreferredKernels.get());
    }

    /** The product with one packed matrix. Thread-safe. */
    interface Product {
        /**
         * {@code y[row, o] = scale[o] · Σ x[row, i] · weights[o, i]}.
         *
         * @param x unsigned integers, [numRows, numInputs], without gaps
         * @param numRows at least 1
         * @param y receives the result
         * @param offset where its first row starts
         * @param stride from the start of a row to the start of the next; 0 if each row may overwrite the one before
         * @param withRow called with the number of each row, in order, when it is there and no longer needed here
         */
        void multiply(byte[] x, int numRows, float[] y, int offset, int stride, IntConsumer withRow);
    }
}
