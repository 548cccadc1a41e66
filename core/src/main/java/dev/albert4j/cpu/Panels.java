package dev.albert4j.cpu;

/** Packs matrices as {@link Kernels} reads them. */
final class Panels {
    private Panels() {}

    /** The least multiple of {@code unit} that is not below {@code size}. */
    static int roundUp(int size, int unit) {
        return Math.multiplyExact((size + unit - 1) / unit, unit);
    }

    /**
     * Packs a piece of a matrix, transposed, into one panel: row j of the piece becomes column j of the panel. Columns
     * without a row are set to 0.
     */
    static void packTransposed(
            float[] matrix, int offset, int stride, int numRows, int depth, float[] panel, int panelOffset, int width) {
        for (int k = 0; k < depth; k++) {
            int to = panelOffset + k * width;
            int from = offset + k;
            for (int j = 0; j < numRows; j++) {
                panel[to + j] = matrix[from + j * stride];
            }
            for (int j = numRows; j < width; j++) {
                panel[to + j] = 0;
            }
        }
    }

    /** Packs a piece of a matrix as it is into one panel. Columns beyond it are set to 0. */
    static void pack(
            float[] matrix,
            int offset,
            int stride,
            int depth,
            int numColumns,
            float[] panel,
            int panelOffset,
            int width) {
        for (int k = 0; k < depth; k++) {
            int to = panelOffset + k * width;
            System.arraycopy(matrix, offset + k * stride, panel, to, numColumns);
            for (int j = numColumns; j < width; j++) {
                panel[to + j] = 0;
            }
        }
    }
}
