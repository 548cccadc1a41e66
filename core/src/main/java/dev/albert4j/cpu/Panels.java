package dev.albert4j.cpu;

/** Packs matrices as {@link Kernels} reads them. */
final class Panels {
    private Panels() {}

    /** The least multiple of {@code unit} that is not below {@code size}. */
    static int roundUp(int size, int unit) {
        return Math.multiplyExact((size + unit - 1) / unit, unit);
    }

    /**
     * Packs a piece of a matrix, transposed, into one panel: row j of the piece becomes column j of the panel, counted from
     * {@code panelOffset}.
     */
    static void packTransposed(
            float[] matrix, int offset, int stride, int numRows, int depth, float[] panel, int panelOffset, int width) {
        int j = 0;
        for (; j + 4 <= numRows; j += 4) { // four at once: half to two thirds of the time of a column of all (measured)
            int row0 = offset + j * stride;
            int row1 = row0 + stride;
            int row2 = row1 + stride;
            int row3 = row2 + stride;
            int to = panelOffset + j;
            for (int k = 0; k < depth; k++, to += width) {
                panel[to] = matrix[row0 + k];
                panel[to + 1] = matrix[row1 + k];
                panel[to + 2] = matrix[row2 + k];
                panel[to + 3] = matrix[row3 + k];
            }
        }
        for (; j < numRows; j++) {
            for (int k = 0; k < depth; k++) {
                panel[panelOffset + j + k * width] = matrix[offset + j * stride + k];
            }
        }
    }
}
