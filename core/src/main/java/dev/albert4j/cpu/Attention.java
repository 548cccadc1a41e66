package dev.albert4j.cpu;

import java.util.Arrays;

/**
 * Scaled dot-product attention, {@code softmax(Q Kᵀ / √D) V} for each head. Holds buffers, so it is not for use by several
 * threads at once.
 */
final class Attention {
    private static final int QUERIES_PER_BLOCK = 48;

    private final Kernels kernels;
    private final int numHeads;
    private final int headSize;
    private final int width;
    private final float scale;
    private Rows weights; // [QUERIES_PER_BLOCK, T], before the division by their sum
    private final float[] inverseSums = new float[QUERIES_PER_BLOCK];
    private int maxLength;
    private final Rows headContext; // [QUERIES_PER_BLOCK, D]

    Attention(Kernels kernels, int numHeads, int headSize) {
        this.kernels = kernels;
        this.numHeads = numHeads;
        this.headSize = headSize;
        this.width = kernels.panelWidth();
        this.scale = (float) (1 / Math.sqrt(headSize));
        this.weights = Rows.of(0, 1, width);
        this.headContext = Rows.of(QUERIES_PER_BLOCK, headSize, width);
    }

    /**
     * Attends from some tokens of a sequence to all of it.
     *
     * @param query rows of the queries [numQueries, H]
     * @param length T of the sequence
     * @param context where the rows of the result go [numQueries, H]
     */
    void apply(Rows query, int numQueries, KeysAndValues keysAndValues, int sequence, int length, Rows context) {
        if (length > maxLength) {
            maxLength = Panels.roundUp(length, width);
            weights = Rows.of(QUERIES_PER_BLOCK, maxLength, width);
        }
        for (int head = 0; head < numHeads; head++) {
            for (int block = 0; block < numQueries; block += QUERIES_PER_BLOCK) {
                int rows = Math.min(QUERIES_PER_BLOCK, numQueries - block);
                score(query.from(block), rows, keysAndValues, sequence, head, length);
                for (int row = 0; row < rows; row++) {
                    inverseSums[row] = kernels.softmaxNumerators(weights.values(), weights.at(row), length, scale);
                }
                mix(rows, keysAndValues, sequence, head, length);
                for (int row = 0; row < rows; row++) {
                    kernels.scale(
                            inverseSums[row],
                            headContext.values(),
                            headContext.at(row),
                            headSize,
                            context.values(),
                            context.at(block + row) + head * headSize);
                }
            }
        }
    }

    /** weights = Q Kᵀ. */
    private void score(Rows query, int rows, KeysAndValues keysAndValues, int sequence, int head, int length) {
        Arrays.fill(weights.values(), 0, weights.at(rows), 0);
        for (int token = 0; token < length; token += width) {
            kernels.multiply(
                    rows,
                    headSize,
                    query.values(),
                    query.offset() + head * headSize,
                    query.stride(),
                    keysAndValues.keys(),
                    keysAndValues.keyPanel(sequence, head, length, token),
                    weights.values(),
                    weights.offset() + token,
                    weights.stride());
        }
    }

    /** headContext = weights V. */
    private void mix(int rows, KeysAndValues keysAndValues, int sequence, int head, int length) {
        Arrays.fill(headContext.values(), 0, headContext.at(rows), 0);
        for (int d = 0; d < headSize; d += width) {
            kernels.multiply(
                    rows,
                    length,
                    weights.values(),
                    weights.offset(),
                    weights.stride(),
                    keysAndValues.values(),
                    keysAndValues.valuePanel(sequence, head, length, d),
                    headContext.values(),
                    headContext.offset() + d,
                    headContext.stride());
        }
    }
}
