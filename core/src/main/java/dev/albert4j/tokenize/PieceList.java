package dev.albert4j.tokenize;

import java.util.Arrays;

/** A growing list of pieces: id and offsets. Not thread-safe: it belongs to one call. */
final class PieceList {
    int[] ids = new int[64];
    int[] begins = new int[64];
    int[] ends = new int[64];
    int size;

    void add(int id, int begin, int end) {
        if (size == ids.length) {
            int capacity = size * 2;
            ids = Arrays.copyOf(ids, capacity);
            begins = Arrays.copyOf(begins, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        ids[size] = id;
        begins[size] = begin;
        ends[size] = end;
        size++;
    }

    /** The pieces {@code [begin, end)} of this list. */
    Slice slice(int begin, int end) {
        return new Slice(this, begin, end);
    }

    /** Some neighbours of a list, which must not change any more. */
    record Slice(PieceList list, int begin, int end) {
        int length() {
            return end - begin;
        }
    }
}
