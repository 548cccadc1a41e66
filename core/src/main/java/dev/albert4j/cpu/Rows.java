package dev.albert4j.cpu;

/**
 * A buffer of rows, one a token or a sequence.
 *
 * @param values the rows one after the other, each followed by padding
 * @param offset where the first row starts
 * @param stride from the start of a row to the start of the next
 */
record Rows(float[] values, int offset, int stride) {
    /** Room for so many rows of so many columns, as {@link Kernels} needs it. */
    static Rows of(int numRows, int numColumns, int panelWidth) {
        return new Rows(new float[0], 0, 0).reshape(numRows, numColumns, panelWidth);
    }

    /** The same in this buffer if it is large enough, whose values then mean nothing; else in a new one. */
    Rows reshape(int numRows, int numColumns, int panelWidth) {
        int newStride = Panels.roundUp(numColumns, panelWidth);
        if (newStride % 64 == 0) {
            newStride += panelWidth; // strides of large powers of two would crowd all rows into the same few cache sets
        }
        int size = Math.multiplyExact(numRows + Kernels.ROW_SLACK, newStride);
        return new Rows(size <= values.length ? values : new float[size], 0, newStride);
    }

    /** The same rows from one of them on. */
    Rows from(int row) {
        return new Rows(values, at(row), stride);
    }

    /** Where a row starts. */
    int at(int row) {
        return offset + row * stride;
    }

    /** Copies a piece of each row to where it is the left of a {@linkplain Kernels#multiply product}. */
    void copyLeft(int column, int numColumns, int numRows, float[] left, int leftOffset) {
        for (int row = 0; row < numRows; row++) {
            System.arraycopy(values, at(row) + column, left, leftOffset + row * Kernels.LEFT_STRIDE, numColumns);
        }
    }

    /** Copies rows, without their padding, to consecutive places. */
    void copyTo(float[] target, int targetOffset, int numRows, int numColumns) {
        for (int row = 0; row < numRows; row++) {
            System.arraycopy(values, at(row), target, targetOffset + row * numColumns, numColumns);
        }
    }
}
