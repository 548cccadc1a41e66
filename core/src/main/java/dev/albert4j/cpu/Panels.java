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
        for (int k = 0; k < depth; k++) {
            int to = panelOffset + k * width;
            int from = offset + k;
            for (int j = 0; j < numRows; j++) {
                panel[to + j] = matrix[from + j * stride];
            }
        }
    }
}
