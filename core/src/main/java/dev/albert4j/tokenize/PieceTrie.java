package dev.albert4j.tokenize;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A trie of pieces over the codes of an {@link Alphabet}, as a double array: the child of state s by code c is at
 * {@code cell = base(s) + c}, if that cell's parent is s. Immutable and thread-safe.
 *
 * <p>The caller walks {@link #cells} itself: it is the innermost loop of all. Every base plus every code is a valid cell.
 */
final class PieceTrie {
    static final int ROOT = 0;

    /** How many gaps are tried before children are put at the end: bounds the time to build, wastes few cells. */
    private static final int MAX_TRIES = 256;

    /** Cells allowed for each state and code: real vocabularies need less than 2. */
    private static final int MAX_CELLS_PER_STATE = 64;

    /** Pairs of parent and base, cell by cell; the parent of an empty cell is -1. */
    final int[] cells;

    /** The id of the piece that ends at a cell, or -1. */
    final int[] piece;

    private PieceTrie(int[] cells, int[] piece) {
        this.cells = cells;
        this.piece = piece;
    }

    /**
     * Builds the trie of different, non-empty sequences of codes.
     *
     * @param sequences what is to be found
     * @param ids the id of each sequence
     * @param numCodes one more than the highest code
     * @throws IllegalArgumentException if the sequences are made so that no compact trie holds them
     */
    static PieceTrie of(List<char[]> sequences, int[] ids, int numCodes) {
        return new Builder(sequences, ids, numCodes).build();
    }

    /** The state after a code, or -1. */
    int step(int state, int code) {
        int next = cells[2 * state + 1] + code;
        return cells[2 * next] == state ? next : -1;
    }

    /** Places children, a state at a time; the sorted sequences below a state are a range. */
    private static final class Builder {
        private final List<char[]> sequences;
        private final int[] ids;
        private final int numCodes;
        private final Integer[] sorted; // numbers of sequences
        private final long maxCells;
        private int[] cells;
        private int[] piece;
        private int size; // cells that may be reached: all from here on are empty
        private int firstGap = 1;

        // States whose children are to be placed: cell, first and end of its range, depth.
        private int[] pending = new int[4 * 64];
        private int numPending;

        // The children of the state that is being placed.
        private final char[] childCode;
        private final int[] childBegin;
        private int numChildren;

        Builder(List<char[]> sequences, int[] ids, int numCodes) {
            this.sequences = sequences;
            this.ids = ids;
            this.numCodes = numCodes;
            sorted = new Integer[sequences.size()];
            Arrays.setAll(sorted, k -> k);
            Arrays.sort(sorted, Comparator.comparing(sequences::get, Arrays::compare));
            long numStates =
                    1 + numCodes + sequences.stream().mapToLong(s -> s.length).sum();
            maxCells = Math.min(MAX_CELLS_PER_STATE * numStates, Integer.MAX_VALUE / 4);
            childCode = new char[numCodes];
            childBegin = new int[numCodes];
            cells = new int[2 * (numCodes + 64)];
            piece = new int[numCodes + 64];
            Arrays.fill(cells, -1);
            Arrays.fill(piece, -1);
            cells[0] = -2; // the root is nobody's child
            cells[1] = 0;
            size = 1;
        }

        PieceTrie build() {
            if (sorted.length > 0) {
                push(ROOT, 0, sorted.length, 0);
            }
            while (numPending > 0) {
                numPending -= 4;
                place(pending[numPending], pending[numPending + 1], pending[numPending + 2], pending[numPending + 3]);
            }
            int length = size + numCodes; // so that any base plus any code is a cell
            grow(length);
            return new PieceTrie(Arrays.copyOf(cells, 2 * length), Arrays.copyOf(piece, length));
        }

        private void push(int state, int begin, int end, int depth) {
            if (numPending == pending.length) {
                pending = Arrays.copyOf(pending, 2 * pending.length);
            }
            pending[numPending++] = state;
            pending[numPending++] = begin;
            pending[numPending++] = end;
            pending[numPending++] = depth;
        }

        private char[] sequence(int rank) {
            return sequences.get(sorted[rank]);
        }

        private void place(int state, int begin, int end, int depth) {
            int first = begin;
            if (sequence(begin).length == depth) {
                piece[state] = ids[sorted[begin]];
                first++;
            }
            if (first == end) {
                cells[2 * state + 1] = 0; // no cell has this parent, whatever the base
                return;
            }
            collectChildren(first, end, depth);
            int base = findBase();
            cells[2 * state + 1] = base;
            for (int k = 0; k < numChildren; k++) {
                int child = base + childCode[k];
                cells[2 * child] = state;
                size = Math.max(size, child + 1);
                push(child, childBegin[k], k + 1 < numChildren ? childBegin[k + 1] : end, depth + 1);
            }
        }

        private void collectChildren(int begin, int end, int depth) {
            numChildren = 0;
            for (int rank = begin; rank < end; rank++) {
                char code = sequence(rank)[depth];
                if (numChildren == 0 || code != childCode[numChildren - 1]) {
                    childCode[numChildren] = code;
                    childBegin[numChildren++] = rank;
                }
            }
        }

        /** The lowest base found at which the cells of all children are empty. */
        private int findBase() {
            int lowest = childCode[0];
            int span = childCode[numChildren - 1] - lowest + 1;
            grow(Math.max(size, lowest) + span);
            int cell = Math.max(firstGap, lowest);
            int start = cell;
            int occupied = 0;
            for (int tries = 0; cell < size && tries < MAX_TRIES; cell++) {
                if (cells[2 * cell] != -1) {
                    occupied++;
                } else if (fits(cell - lowest)) {
                    break;
                } else {
                    tries++;
                }
            }
            if (occupied > 0.95 * (cell - start)) {
                firstGap = cell; // nearly full up to here: not worth another look
            }
            return (cell < size && fits(cell - lowest) ? cell : Math.max(size, lowest)) - lowest;
        }

        private boolean fits(int base) {
            grow(base + childCode[numChildren - 1] + 1);
            for (int k = 0; k < numChildren; k++) {
                if (cells[2 * (base + childCode[k])] != -1) {
                    return false;
                }
            }
            return true;
        }

        private void grow(int length) {
            if (length > maxCells) {
                throw new IllegalArgumentException("the pieces need more than " + maxCells + " cells of a trie");
            }
            int old = piece.length;
            if (length > old) {
                int capacity = (int) Math.min(maxCells, Math.max(length, old * 2L));
                cells = Arrays.copyOf(cells, 2 * capacity);
                piece = Arrays.copyOf(piece, capacity);
                Arrays.fill(cells, 2 * old, 2 * capacity, -1);
                Arrays.fill(piece, old, capacity, -1);
            }
        }
    }
}
