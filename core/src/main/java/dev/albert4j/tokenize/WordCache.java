package dev.albert4j.tokenize;

/**
 * Remembers how frequent words are cut. A word is a sequence of codes that no piece reaches into or out of, so its best path does
 * not depend on its neighbours, except for rounding: SentencePiece adds floats along the whole line. An entry therefore holds
 * only as long as the score before the word is so small that rounding cannot turn the choice.
 *
 * <p>Why that is right: the search ends with a path P' whose float sum is at least that of every other path, because rounding is
 * monotone; so also that of P, the best in exact arithmetic. A float sum of at most n terms is off by at most n/2 ulp(M) where M
 * bounds the sums. So if P beats every other path by more than n ulp(M), P' is P.
 *
 * <p>Four longs a word, two places where it can be: the memory is fixed and small enough for the processor's cache. Not
 * thread-safe.
 */
final class WordCache {
    static final int NOT_FOUND = -1;

    /** How many codes a word may have to be kept: their classes are the bytes of two longs. */
    static final int MAX_LENGTH = 16;

    /** Words of more pieces are not kept. */
    private static final int MAX_PIECES = 3;

    private static final int SET_BITS = 13;
    private static final int ENTRY_LONGS = 4;
    private static final int SET_LONGS = 2 * ENTRY_LONGS;
    private static final int ID_BITS = 21;
    private static final int END_BITS = 5;
    private static final int PLAIN = 1 << 31;

    /** A float's unit in the last place is at most its size divided by this. */
    private static final double FLOAT_PRECISION = 1 << 23;

    private final UnigramPieces pieces;
    private final TwoBest search;

    /**
     * Entry by entry: the key, low and high; the limit (upper half), whether all pieces are plain, their number and their ends;
     * their ids. A set of two entries is a line of the processor's cache.
     */
    private final long[] entries = new long[SET_LONGS << SET_BITS];

    /** Words seen once: only the second time is a word kept, so that rare words cost little and drive nothing out. */
    private final int[] seen = new int[1 << SET_BITS];

    WordCache(UnigramPieces pieces) {
        this.pieces = pieces;
        this.search = new TwoBest(pieces, MAX_LENGTH);
    }

    /**
     * Finds a word.
     *
     * @param low the classes of its first eight codes, the first one lowest, filled up with zeros
     * @param high those of the others
     * @param score the score of the path before the word
     * @return what the methods below need, or {@link #NOT_FOUND}
     */
    int find(long low, long high, float score) {
        int entry = set(low, high) * SET_LONGS;
        if (entries[entry] != low || entries[entry + 1] != high) {
            entry += ENTRY_LONGS;
            if (entries[entry] != low || entries[entry + 1] != high) {
                return NOT_FOUND;
            }
        }
        return Math.abs(score) < limit(entry) ? entry : NOT_FOUND;
    }

    private static int set(long low, long high) {
        return (int) ((low * 0x9E3779B97F4A7C15L ^ high * 0xC2B2AE3D27D4EB4FL) >>> Long.SIZE - SET_BITS);
    }

    /** The size of the score before the word from which on rounding could matter. */
    private float limit(int entry) {
        return Float.intBitsToFloat((int) (entries[entry + 2] >>> 32));
    }

    /** Whether none of the pieces is unknown or to be cut again. */
    boolean isPlain(int entry) {
        return (int) entries[entry + 2] < 0;
    }

    int numPieces(int entry) {
        return ((int) entries[entry + 2] & ~PLAIN) >>> MAX_PIECES * END_BITS;
    }

    /** Where a piece ends in its word. */
    int end(int entry, int k) {
        return (int) entries[entry + 2] >>> k * END_BITS & (1 << END_BITS) - 1;
    }

    int id(int entry, int k) {
        return (int) (entries[entry + 3] >>> k * ID_BITS) & (1 << ID_BITS) - 1;
    }

    /** Takes note of a word that was not found, {@code codes[begin, end)}. */
    void miss(long low, long high, char[] codes, int begin, int end) {
        int set = set(low, high);
        int tag = Long.hashCode(low * 31 + high);
        if (seen[set] != tag) {
            seen[set] = tag;
            return;
        }
        for (int k = begin; k < end; k++) {
            if (!pieces.isExact(pieces.classOf(codes[k]))) {
                return;
            }
        }
        search.run(codes, begin, end);
        if (search.numPieces() <= MAX_PIECES && pieces.scores.length <= 1 << ID_BITS) {
            put(set * SET_LONGS, low, high, end - begin);
        }
    }

    /** Keeps the word that was searched in the first place of a set. */
    private void put(int entry, long low, long high, int length) {
        long shape = search.numPieces() << MAX_PIECES * END_BITS | PLAIN & 0xFFFFFFFFL;
        long ids = 0;
        for (int k = 0; k < search.numPieces(); k++) {
            int id = search.id(k);
            if (!pieces.isPlain(id)) {
                shape &= ~PLAIN;
            }
            shape |= (long) search.end(k) << k * END_BITS;
            ids |= (long) id << k * ID_BITS;
        }
        double sums = (search.margin() - 1e-6) * FLOAT_PRECISION / length; // the 1e-6 is for the doubles' own rounding
        float limit = (float) (0.99 * (sums - length * (double) pieces.largestScore));
        System.arraycopy(entries, entry, entries, entry + ENTRY_LONGS, ENTRY_LONGS);
        entries[entry] = low;
        entries[entry + 1] = high;
        entries[entry + 2] = (long) Float.floatToIntBits(limit) << 32 | shape & 0xFFFFFFFFL;
        entries[entry + 3] = ids;
    }
}
