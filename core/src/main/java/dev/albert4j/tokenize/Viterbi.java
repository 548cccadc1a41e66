package dev.albert4j.tokenize;

import java.util.Arrays;

/**
 * Finds the best path of pieces through a text of codes. Every number is rounded where SentencePiece rounds it, so that of
 * two nearly equal paths the same one wins: {@code unigram_model.cc}, {@code EncodeOptimized}. Scratch memory of one call, not
 * thread-safe.
 */
final class Viterbi {
    private final UnigramPieces pieces;
    private float[] best; // score of the best path to a position
    private int[] start; // where the last piece of that path starts
    private int[] piece; // and its id
    private int[] ends; // of the pieces of the traced path
    private int numPieces;

    Viterbi(UnigramPieces pieces, int capacity) {
        this.pieces = pieces;
        best = new float[capacity + 1];
        start = new int[capacity + 1];
        piece = new int[capacity + 1];
        ends = new int[capacity + 1];
    }

    /**
     * Searches the best paths through {@code codes[from, to)}; positions are counted from there. Returns the last position that
     * every path passes, however the text goes on: up to there the best path is known.
     *
     * @param complete whether no piece goes on beyond the end; otherwise pieces start only where the longest would still fit
     * @param score the score of the path before
     */
    int search(char[] codes, int from, int to, boolean complete, float score) {
        int length = to - from;
        prepare(length, score);
        int[] cells = pieces.trie.cells;
        int[] pieceAt = pieces.trie.piece;
        int last = complete ? length : length - pieces.longest + 1;
        int reach = 0;
        int cut = 0;
        for (int position = 0; position < last; position++) {
            if (reach == position) {
                cut = position;
            }
            boolean single = false;
            int state = PieceTrie.ROOT;
            for (int end = position; end < length; ) {
                int next = cells[2 * state + 1] + codes[from + end];
                if (cells[2 * next] != state) {
                    break;
                }
                state = next;
                end++;
                int id = pieceAt[state];
                if (id >= 0) {
                    single |= end == position + 1;
                    reach = Math.max(reach, end);
                    offer(position, end, id, pieces.scores[id]);
                }
            }
            if (!single) {
                reach = Math.max(reach, position + 1);
                offer(position, position + 1, pieces.unknownId, pieces.unknownScore);
            }
        }
        return complete ? length : cut;
    }

    private void offer(int begin, int end, int id, float score) {
        float candidate = best[begin] + score;
        if (candidate > best[end]) {
            best[end] = candidate;
            start[end] = begin;
            piece[end] = id;
        }
    }

    private void prepare(int length, float score) {
        if (length >= best.length) {
            int capacity = Math.max(length + 1, best.length * 2);
            best = new float[capacity];
            start = new int[capacity];
            piece = new int[capacity];
            ends = new int[capacity];
        }
        best[0] = score;
        Arrays.fill(best, 1, length + 1, Float.NEGATIVE_INFINITY);
    }

    /** Takes the best path to a position apart and returns its score. */
    float trace(int position) {
        int from = ends.length;
        for (int end = position; end > 0; end = start[end]) {
            ends[--from] = end;
        }
        numPieces = ends.length - from;
        System.arraycopy(ends, from, ends, 0, numPieces);
        return best[position];
    }

    /** How many pieces the traced path has. */
    int numPieces() {
        return numPieces;
    }

    int begin(int k) {
        return k == 0 ? 0 : ends[k - 1];
    }

    int end(int k) {
        return ends[k];
    }

    int id(int k) {
        return piece[ends[k]];
    }
}
