package dev.albert4j.cpu;

import dev.albert4j.model.Int8Matrix;

/** Rows to look up by number. */
@FunctionalInterface
interface Table {
    /** Copies a row, as floats. */
    void copyRow(int row, float[] target, int offset);

    /** Rows of so many floats each. */
    static Table of(float[] values, int numColumns) {
        return (row, target, offset) -> System.arraycopy(values, row * numColumns, target, offset, numColumns);
    }

    /** Rows that are kept in 8 bits. */
    static Table of(Int8Matrix matrix) {
        int numColumns = matrix.numColumns();
        return (row, target, offset) -> {
            float scale = matrix.scale(row);
            for (int i = 0; i < numColumns; i++) {
                target[offset + i] = scale * matrix.value(row * numColumns + i);
            }
        };
    }
}
