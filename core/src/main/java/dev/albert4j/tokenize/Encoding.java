package dev.albert4j.tokenize;

/**
 * A text, or a pair of texts, as tokens: ids, type ids, and where each token comes from. Immutable and thread-safe.
 *
 * <p>Offsets are half-open ranges of UTF-16 units into the original text: the first text for type id 0, the second for
 * type id 1. Special tokens that were added have the offsets 0, 0.
 */
public final class Encoding {
    private final int[] ids; // [T]
    private final int[] typeIds; // [T]
    private final int[] begins; // [T]
    private final int[] ends; // [T]
    private final boolean[] special; // [T]

    /** Takes the arrays over; all must have the same length. */
    Encoding(int[] ids, int[] typeIds, int[] begins, int[] ends, boolean[] special) {
        this.ids = ids;
        this.typeIds = typeIds;
        this.begins = begins;
        this.ends = ends;
        this.special = special;
    }

    /** T, the number of tokens. */
    public int length() {
        return ids.length;
    }

    /** The id of a token. */
    public int id(int token) {
        return ids[token];
    }

    /** The type id of a token: 0 for the first text, 1 for the second. */
    public int typeId(int token) {
        return typeIds[token];
    }

    /** Where a token begins in its text, in UTF-16 units. */
    public int begin(int token) {
        return begins[token];
    }

    /** Where a token ends in its text, in UTF-16 units, exclusive. */
    public int end(int token) {
        return ends[token];
    }

    /** Whether a token was added and stands for no text. */
    public boolean isSpecial(int token) {
        return special[token];
    }

    /** A copy of the ids, [T]. */
    public int[] ids() {
        return ids.clone();
    }

    /** A copy of the type ids, [T]. */
    public int[] typeIds() {
        return typeIds.clone();
    }
}
