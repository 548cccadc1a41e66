package dev.albert4j.tokenize;

import java.util.Arrays;

/**
 * Searches the best path of pieces through a word in double precision, and by how much it beats the second best. Scratch memory,
 * not thread-safe.
 */
final class TwoBest {
    private final UnigramPieces pieces;
    private final double[] best; // scores of the best two paths to each position
    private final double[] second;
    private final int[] start; // of the last piece of the best path
    private final int[] piece; // and its id
    private final int[] ends; // of the pieces of the best path
    private int numPieces;
    private double margin;

    TwoBest(UnigramPieces pieces, int maxLength) {
        this.pieces = pieces;
        best = new double[maxLength + 1];
        second = new double[maxLength + 1];
        start = new int[maxLength + 1];
        piece = new int[maxLength + 1];
        ends = new int[maxLength];
    }

    /** Searches {@code codes[begin, end)}, which no piece reaches into or out of. */
    void run(char[] codes, int begin, int end) {
        int length = end - begin;
        Arrays.fill(best, 1, length + 1, Double.NEGATIVE_INFINITY);
        Arrays.fill(second, 0, length + 1, Double.NEGATIVE_INFINITY);
        for (int position = 0; position < length; position++) {
            boolean single = false;
            int state = PieceTrie.ROOT;
            for (int to = position; to < length; ) {
                state = pieces.trie.step(state, codes[begin + to++]);
                if (state < 0) {
                    break;
                }
                int id = pieces.trie.piece[state];
                if (id >= 0) {
                    single |= to == position + 1;
                    offer(position, to, id);
                }
            }
            if (!single) {
                offer(position, position + 1, pieces.unknownId);
            }
        }
        margin = best[length] - second[length];
        trace(length);
    }

    private void offer(int from, int to, int id) {
        double score = pieces.score(id);
        double candidate = best[from] + score;
        if (candidate > best[to]) {
            second[to] = Math.max(best[to], second[from] + score);
            best[to] = candidate;
            start[to] = from;
            piece[to] = id;
        } else {
            second[to] = Math.max(second[to], candidate);
        }
    }

    private void trace(int length) {
        numPieces = 0;
        for (int end = length; end > 0; end = start[end]) {
            numPieces++;
        }
        int k = numPieces;
        for (int end = length; end > 0; end = start[end]) {
            ends[--k] = end;
        }
    }

    /** How much more than any other the best path scores; infinite if there is no other. */
    double margin() {
        return margin;
    }

    int numPieces() {
        return numPieces;
    }

    int end(int k) {
        return ends[k];
    }

    int id(int k) {
        return piece[ends[k]];
    }
}
