package dev.albert4j.tokenize.train;

import java.util.Arrays;

/** The most probable segmentation of a stretch of a unit (Viterbi). It belongs to one thread. */
final class BestPath {
    private final PieceLattice lattice;
    private double[] best = new double[64]; // log probability of the best segmentation of the first i characters
    private int[] last = new int[64]; // its last piece

    BestPath(PieceLattice lattice) {
        this.lattice = lattice;
    }

    /**
     * Finds the best path over the {@code length} characters from a position of the text.
     *
     * @param split whether the one piece that spans all of them is left out
     * @return its log probability, negative infinity if there is no path
     */
    double find(int begin, int length, boolean split) {
        if (best.length <= length) {
            best = new double[Math.max(length + 1, best.length * 2)];
            last = new int[best.length];
        }
        Arrays.fill(best, 0, length + 1, Double.NEGATIVE_INFINITY);
        best[0] = 0;
        int edge = lattice.firstEdge(begin);
        for (int i = 0; i < length; i++) {
            double before = best[i];
            for (int end = lattice.firstEdge(begin + i + 1); edge < end; edge++) {
                int next = i + lattice.edgeLength(edge);
                int piece = lattice.edgePiece(edge);
                double score = before + lattice.score(piece);
                if (next <= length && score > best[next] && !(split && next - i == length)) {
                    best[next] = score;
                    last[next] = piece;
                }
            }
        }
        return best[length];
    }

    /** The last piece of the path found to the given number of characters, at least one. */
    int lastPiece(int end) {
        return last[end];
    }
}
