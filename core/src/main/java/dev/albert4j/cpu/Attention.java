package dev.albert4j.cpu;

import java.util.Arrays;

/**
 * Scaled dot-product attention, {@code softmax(Q Kᵀ / √D) V} for each head. Holds buffers, so it is not for use by several
 * threads at once.
 */
final class Attention {
    // 48 made int8 2 to 3 % slower at 256 tokens on an Intel Xeon, 8 slower too.
    private static final int QUERIES_PER_BLOCK = 24;

    private final Kernels kernels;
    private final int numHeads;
    private final int headSize;
    private final int width;
    private final float scale;
    // What is on the left of a product and has another stride is copied here.
    private final float[] left = new float[(QUERIES_PER_BLOCK + Kernels.ROW_SLACK) * Kernels.LEFT_STRIDE];
    private Rows weights; // [QUERIES_PER_BLOCK, T], before the division by their sum
    private final float[] inverseSums = new float[QUERIES_PER_BLOCK];
    private int maxLength = Kernels.MAX_DEPTH;
    private final Rows headContext; // [QUERIES_PER_BLOCK, D]

    Attention(Kernels kernels, int numHeads, int headSize) {
        this.kernels = kernels;
        this.numHeads = numHeads;
        this.headSize = headSize;
        this.width = kernels.panelWidth();
        this.scale = (float) (1 / Math.sqrt(headSize));
        this.weights = new Rows(new float[left.length], 0, Kernels.LEFT_STRIDE); // the left of a product itself
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
        for (int row = 0; row < rows; row++) {
            Arrays.fill(weights.values(), weights.at(row), weights.at(row) + Panels.roundUp(length, width), 0);
        }
        for (int d = 0; d < headSize; d += Kernels.MAX_DEPTH) {
            int depth = Math.min(Kernels.MAX_DEPTH, headSize - d);
            query.copyLeft(head * headSize + d, depth, rows, left, 0);
            for (int token = 0; token < length; token += width) {
                kernels.multiply(
                        rows,
                        depth,
                        left,
                        0,
                        keysAndValues.keys(),
                        keysAndValues.keyPanel(sequence, head, length, token) + d * width,
                        weights.values(),
                        weights.offset() + token,
                        weights.stride());
            }
        }
    }

    /** headContext = weights V. */
    private void mix(int rows, KeysAndValues keysAndValues, int sequence, int head, int length) {
        Arrays.fill(headContext.values(), 0, headContext.at(rows), 0);
        for (int token = 0; token < length; token += Kernels.MAX_DEPTH) {
            int depth = Math.min(Kernels.MAX_DEPTH, length - token);
            float[] weightsOfTokens = weights.values();
            if (weights.stride() != Kernels.LEFT_STRIDE) {
                weights.copyLeft(token, depth, rows, left, 0);
                weightsOfTokens = left;
            }
            for (int d = 0; d < headSize; d += width) {
                kernels.multiply(
                        rows,
                        depth,
                        weightsOfTokens,
                        0,
                        keysAndValues.values(),
                        keysAndValues.valuePanel(sequence, head, length, d) + token * width,
                        headContext.values(),
                        headContext.offset() + d,
                        headContext.stride());
            }
        }
    }
}
