package dev.albert4j.tokenize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * SentencePiece's {@code precompiled_charsmap}: rules that replace a sequence of characters, kept as a double-array trie
 * over UTF-8 bytes whose leaves point at NUL-terminated replacements. A damaged trie matches less, never more memory.
 * Immutable and thread-safe. Follows {@code normalizer.cc}, {@code DecodePrecompiledCharsMap} and
 * {@code NormalizePrefix}, and the unit layout of darts-clone.
 */
final class CharsMap {
    /** No rules at all: every character stands for itself. */
    static final CharsMap IDENTITY = new CharsMap(new int[0], new byte[0]);

    /** Bytes of the smallest trie that sentencepiece accepts. */
    private static final int SMALLEST_TRIE = 1024;

    /** The state of a walk that has left the trie. */
    static final int DEAD = -1;

    private final int[] units;
    private final byte[] replacements;

    private CharsMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /**
     * Reads a map: the size of the trie, the trie, the replacements. Nothing at all is the identity.
     *
     * @throws IllegalArgumentException if the sizes contradict each other
     */
    static CharsMap parse(byte[] blob) {
        if (blob.length == 0) {
            return IDENTITY;
        }
        ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        long trieBytes = blob.length < 4 ? -1 : Integer.toUnsignedLong(buffer.getInt());
        if (trieBytes < 4 || trieBytes % 4 != 0 || trieBytes > blob.length - 4) {
            throw new IllegalArgumentException(
                    "precompiled_charsmap of " + blob.length + " bytes cannot hold a trie of " + trieBytes + " bytes");
        }
        int[] units = new int[(int) (trieBytes / 4)];
        buffer.asIntBuffer().get(units);
        byte[] replacements = new byte[blob.length - 4 - (int) trieBytes];
        buffer.get(4 + (int) trieBytes, replacements);
        return new CharsMap(units, replacements);
    }

    /** A map without rules, for programs that do not accept an empty one (Hugging Face's tokenizers). */
    static byte[] withoutRules() {
        ByteBuffer blob = ByteBuffer.allocate(4 + SMALLEST_TRIE + 1).order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(SMALLEST_TRIE);
        blob.putInt(1 << 10); // the root: its children are looked for at the places 1 ^ byte; an offset of 0 is refused
        while (blob.position() < 4 + SMALLEST_TRIE) {
            blob.putInt(1 << 31); // a place that is nobody's child
        }
        return blob.array();
    }

    /** The state before the first character: an index into the trie. */
    int root() {
        return units.length == 0 ? DEAD : 0;
    }

    /** The state after one more character, or {@link #DEAD}. */
    int step(int state, int codePoint) {
        if (codePoint < 0x80) {
            return stepByte(state, codePoint);
        }
        if (codePoint < 0x800) {
            return stepByte(stepByte(state, 0xC0 | codePoint >> 6), 0x80 | codePoint & 0x3F);
        }
        int lead = codePoint < 0x10000
                ? stepByte(state, 0xE0 | codePoint >> 12)
                : stepByte(stepByte(state, 0xF0 | codePoint >> 18), 0x80 | codePoint >> 12 & 0x3F);
        return stepByte(stepByte(lead, 0x80 | codePoint >> 6 & 0x3F), 0x80 | codePoint & 0x3F);
    }

    private int stepByte(int state, int label) {
        if (state < 0) {
            return DEAD;
        }
        int next = state ^ offset(units[state]) ^ label;
        return next > 0 && next < units.length && (units[next] & (1 << 31 | 0xFF)) == label ? next : DEAD;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    /** Whether a rule ends at a state. */
    boolean hasReplacement(int state) {
        return state >= 0 && (units[state] >>> 8 & 1) != 0 && replacementBegin(state) < replacements.length;
    }

    private int replacementBegin(int state) {
        int leaf = state ^ offset(units[state]);
        return leaf >= 0 && leaf < units.length ? units[leaf] & Integer.MAX_VALUE : Integer.MAX_VALUE;
    }

    /** What the characters up to a state are replaced by, where a rule ends. */
    String replacement(int state) {
        int begin = replacementBegin(state);
        int end = begin;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return new String(replacements, begin, end - begin, StandardCharsets.UTF_8);
    }

    /** Whether a rule goes on after a state with a code point that passes the test. */
    boolean continues(int state, IntPredicate codePoints) {
        return continues(state, 0, 0, codePoints);
    }

    /** Tries every byte that can come next: {@code pending} more of a character whose bits so far are {@code bits}. */
    private boolean continues(int state, int bits, int pending, IntPredicate codePoints) {
        int first = pending > 0 ? 0x80 : 1;
        int last = pending > 0 ? 0xBF : 0xF7;
        for (int label = first; label <= last; label++) {
            int next = stepByte(state, label);
            if (next == DEAD) {
                continue;
            }
            int more = pending > 0 ? pending - 1 : label < 0xC0 ? 0 : label < 0xE0 ? 1 : label < 0xF0 ? 2 : 3;
            int value = pending > 0 ? bits << 6 | label & 0x3F : more == 0 ? label : label & 0x3F >> more;
            if (more == 0 ? codePoints.test(value) : continues(next, value, more, codePoints)) {
                return true;
            }
        }
        return false;
    }
}
