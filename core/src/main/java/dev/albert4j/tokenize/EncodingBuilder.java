package dev.albert4j.tokenize;

import java.util.Arrays;

/** Fills the arrays of an {@link Encoding} whose length is known. */
final class EncodingBuilder {
    private final int[] ids; // [T]
    private final int[] typeIds; // [T]
    private final int[] begins; // [T]
    private final int[] ends; // [T]
    private final boolean[] special; // [T]
    private int size;

    EncodingBuilder(int length) {
        ids = new int[length];
        typeIds = new int[length];
        begins = new int[length];
        ends = new int[length];
        special = new boolean[length];
    }

    /** Appends a token that stands for no text. */
    void addSpecial(int id, int typeId) {
        ids[size] = id;
        typeIds[size] = typeId;
        special[size] = true;
        size++;
    }

    /** Appends pieces of a text. */
    void add(PieceList.Slice pieces, int typeId) {
        int length = pieces.length();
        System.arraycopy(pieces.list().ids, pieces.begin(), ids, size, length);
        System.arraycopy(pieces.list().begins, pieces.begin(), begins, size, length);
        System.arraycopy(pieces.list().ends, pieces.begin(), ends, size, length);
        Arrays.fill(typeIds, size, size + length, typeId);
        size += length;
    }

    /** Hands the arrays over. */
    Encoding build() {
        return new Encoding(ids, typeIds, begins, ends, special);
    }
}
