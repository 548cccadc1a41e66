package dev.albert4j.tokenize.train;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The pieces in training and every place where they stand in the units: one lattice for the whole corpus, which pruning
 * only makes smaller. The first pieces are the characters of the alphabet, in its order; they stay even when they lose
 * their score, so that every unit can always be segmented.
 *
 * <p>Reading from many threads is safe while none writes.
 */
final class PieceLattice {
    /** The longest piece an edge can hold. */
    static final int MAX_PIECE_LENGTH = 63;

    private static final int LENGTH_BITS = 6;
    private static final double UNKNOWN_PENALTY = 10; // SentencePiece's kUnkPenalty

    /** Takes one place of a piece. */
    interface PlaceVisitor {
        void visit(int piece, int position, int length);
    }

    final Units units;
    final int numCharacters;

    private int numPieces;
    private int[] positions; // [numPieces] one place of each piece
    private int[] lengths; // [numPieces]
    private double[] scores; // [numPieces] log probability
    private double[] probabilities; // [numPieces]; 0 for a removed piece, small for a removed character
    private boolean[] alive; // [numPieces]
    private final int[] edgeStarts; // [N + 1] the first edge of each position of the text
    private int[] edges; // piece << LENGTH_BITS | length

    /**
     * @param places calls its visitor for every place of every piece, twice in the same order
     * @throws IllegalArgumentException if there are more places than an array can hold
     */
    PieceLattice(Units units, int numPieces, Consumer<PlaceVisitor> places) {
        this.units = units;
        this.numPieces = numPieces;
        numCharacters = units.alphabet.size();
        positions = new int[numPieces];
        lengths = new int[numPieces];
        scores = new double[numPieces];
        probabilities = new double[numPieces];
        alive = new boolean[numPieces];
        edgeStarts = new int[units.text.length + 1];
        places.accept((piece, position, length) -> {
            positions[piece] = position;
            lengths[piece] = length;
            edgeStarts[position]++;
        });
        long numEdges = 0;
        for (int position = 0; position < edgeStarts.length; position++) {
            numEdges += edgeStarts[position];
            edgeStarts[position] = (int) numEdges; // the end, moved to the start while edges are filled in
        }
        if (numEdges > Integer.MAX_VALUE - 16 || numPieces > 1 << (Integer.SIZE - LENGTH_BITS)) {
            throw new IllegalArgumentException(
                    "the corpus holds its pieces " + numEdges + " times in distinct words; 2147483631 are allowed");
        }
        int[] filled = new int[(int) numEdges];
        places.accept((piece, position, length) -> filled[--edgeStarts[position]] = piece << LENGTH_BITS | length);
        edges = filled;
    }

    int numPieces() {
        return numPieces;
    }

    /** Number of pieces that have a score. */
    int numAlive() {
        int count = 0;
        for (int piece = 0; piece < numPieces; piece++) {
            count += alive[piece] ? 1 : 0;
        }
        return count;
    }

    int position(int piece) {
        return positions[piece];
    }

    int length(int piece) {
        return lengths[piece];
    }

    String string(int piece) {
        return units.substring(positions[piece], lengths[piece]);
    }

    boolean isAlive(int piece) {
        return alive[piece];
    }

    /** The log probability of a piece, that of an unknown character for a character without score. */
    double score(int piece) {
        return scores[piece];
    }

    double probability(int piece) {
        return probabilities[piece];
    }

    void setScore(int piece, double score) {
        scores[piece] = score;
        probabilities[piece] = Math.exp(score);
        alive[piece] = true;
    }

    /** Takes a piece's score away. */
    void remove(int piece) {
        scores[piece] = Double.NEGATIVE_INFINITY;
        probabilities[piece] = 0;
        alive[piece] = false;
    }

    /** The lowest score of any piece. */
    double minScore() {
        double min = 0;
        for (int piece = 0; piece < numPieces; piece++) {
            min = alive[piece] ? Math.min(min, scores[piece]) : min;
        }
        return min;
    }

    /** Makes characters without score passable as unknown ones. To be called after scores have changed. */
    void scoreUnknownCharacters() {
        double unknown = minScore() - UNKNOWN_PENALTY;
        for (int piece = 0; piece < numCharacters; piece++) {
            if (!alive[piece]) {
                scores[piece] = unknown;
                probabilities[piece] = Math.exp(unknown);
            }
        }
    }

    /** The first edge that begins at a position of the text; its last ends where those of the next position begin. */
    int firstEdge(int position) {
        return edgeStarts[position];
    }

    int edgePiece(int edge) {
        return edges[edge] >>> LENGTH_BITS;
    }

    int edgeLength(int edge) {
        return edges[edge] & MAX_PIECE_LENGTH;
    }

    /** Forgets removed pieces and their places, and numbers the others anew in the same order. */
    void compact() {
        int[] renumbered = new int[numPieces];
        int kept = 0;
        for (int piece = 0; piece < numPieces; piece++) {
            boolean keep = piece < numCharacters || alive[piece];
            renumbered[piece] = keep ? kept : -1;
            if (keep) {
                positions[kept] = positions[piece];
                lengths[kept] = lengths[piece];
                scores[kept] = scores[piece];
                probabilities[kept] = probabilities[piece];
                alive[kept] = alive[piece];
                kept++;
            }
        }
        numPieces = kept;
        int numEdges = 0;
        for (int position = 0; position < edgeStarts.length - 1; position++) {
            int begin = edgeStarts[position];
            int end = edgeStarts[position + 1];
            edgeStarts[position] = numEdges;
            for (int edge = begin; edge < end; edge++) {
                int piece = renumbered[edgePiece(edge)];
                if (piece >= 0) {
                    edges[numEdges++] = piece << LENGTH_BITS | edgeLength(edge);
                }
            }
        }
        edgeStarts[edgeStarts.length - 1] = numEdges;
        edges = Arrays.copyOf(edges, numEdges);
        positions = Arrays.copyOf(positions, kept);
        lengths = Arrays.copyOf(lengths, kept);
        scores = Arrays.copyOf(scores, kept);
        probabilities = Arrays.copyOf(probabilities, kept);
        alive = Arrays.copyOf(alive, kept);
    }
}
