package dev.albert4j.cpu;

import java.util.Arrays;

/**
 * Scaled dot-product attention of one head over one sequence: {@code softmax(Q Kᵀ / √D) V}. Holds the buffers of one
 * thread, so it is not for use by several.
 */
final class Attention {
    private static final int QUERIES_PER_BLOCK = 48; // a multiple of every tile height

    private final Kernels kernels;
    private final int headSize;
    private final int width;
    private float[] keyPanels = new float[0]; // [T / width, D, width]
    private float[] valuePanels = new float[0]; // [D / width, T, width]
    private Rows probs; // [QUERIES_PER_BLOCK, T]
    private final Rows heads; // [QUERIES_PER_BLOCK, D]

    Attention(Kernels kernels, int headSize) {
        this.kernels = kernels;
        this.headSize = headSize;
        this.width = kernels.panelWidth();
        this.probs = Rows.of(0, 1, width);
        this.heads = Rows.of(QUERIES_PER_BLOCK, headSize, width);
    }

    /**
     * @param head selects columns {@code head * D} to {@code (head + 1) * D} of all rows
     * @param fromQuery first row of the queries and of the context
     * @param numQueries 1 or more
     * @param fromKey first row of the sequence's keys and values
     * @param length T
     */
    void apply(
            Rows query,
            int fromQuery,
            int numQueries,
            Rows key,
            Rows value,
            int fromKey,
            int length,
            int head,
            Rows context) {
        int column = head * headSize;
        pack(key, value, fromKey, length, column);
        float scale = (float) (1 / Math.sqrt(headSize));
        for (int block = 0; block < numQueries; block += QUERIES_PER_BLOCK) {
            int rows = Math.min(QUERIES_PER_BLOCK, numQueries - block);
            int from = (fromQuery + block) * query.stride() + column;
            scores(query, from, rows, length);
            for (int row = 0; row < rows; row++) {
                kernels.softmax(probs.values(), row * probs.stride(), length, scale);
            }
            mix(rows, length);
            for (int row = 0; row < rows; row++) {
                int to = (fromQuery + block + row) * context.stride() + column;
                System.arraycopy(heads.values(), row * heads.stride(), context.values(), to, headSize);
            }
        }
    }

    private void pack(Rows key, Rows value, int fromKey, int length, int column) {
        int paddedLength = Panels.roundUp(length, width);
        if (keyPanels.length < paddedLength * headSize) {
            keyPanels = new float[Math.multiplyExact(paddedLength, headSize)];
            valuePanels = new float[Math.multiplyExact(paddedLength, Panels.roundUp(headSize, width))];
            probs = Rows.of(QUERIES_PER_BLOCK, paddedLength, width);
        }
        for (int token = 0; token < length; token += width) {
            int offset = (fromKey + token) * key.stride() + column;
            int rows = Math.min(width, length - token);
            Panels.packTransposed(
                    key.values(), offset, key.stride(), rows, headSize, keyPanels, token * headSize, width);
        }
        for (int d = 0; d < headSize; d += width) {
            int offset = fromKey * value.stride() + column + d;
            int columns = Math.min(width, headSize - d);
            Panels.pack(value.values(), offset, value.stride(), length, columns, valuePanels, d * length, width);
        }
    }

    /** probs = Q Kᵀ. */
    private void scores(Rows query, int from, int rows, int length) {
        Arrays.fill(probs.values(), 0, rows * probs.stride(), 0);
        for (int token = 0; token < length; token += width) {
            kernels.multiply(
                    rows,
                    headSize,
                    query.values(),
                    from,
                    query.stride(),
                    keyPanels,
                    token * headSize,
                    probs.values(),
                    token,
                    probs.stride());
        }
    }

    /** heads = probs V. */
    private void mix(int rows, int length) {
        Arrays.fill(heads.values(), 0, rows * heads.stride(), 0);
        for (int d = 0; d < headSize; d += width) {
            kernels.multiply(
                    rows,
                    length,
                    probs.values(),
                    0,
                    probs.stride(),
                    valuePanels,
                    d * length,
                    heads.values(),
                    d,
                    heads.stride());
        }
    }
}
