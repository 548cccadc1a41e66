package dev.albert4j.tokenize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A stretch of a text as codes, normalised, each with the place it came from. It moves along the text: {@link #fill} reads
 * on, {@link #discard} drops the front. Scratch memory of one call, not thread-safe.
 *
 * <p>A code's place is the range of UTF-16 units of the characters that made it; {@link #NOWHERE} for a mark that stands for a
 * space, and for all but the last of several codes that SentencePiece makes of one character.
 */
final class NormalizedText {
    /** The place of a code that came from a blank, or from nothing. */
    static final int NOWHERE = -1;

    /** No rule of a charsmap is longer; a damaged one shall not read on forever. */
    private static final int MAX_RULE = 256;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final UnigramNormalizer normalizer;
    private String text = "";
    private int start;
    private int end;
    private int position;
    private boolean afterSpace;

    private char[] characters; // a copy of text[windowBegin, windowEnd), which is read next
    private int windowBegin;
    private int windowEnd;
    char[] codes;
    int[] begins;
    int[] ends;
    private byte[] classes; // of the codes
    private byte[] parts; // 1 where no piece can go on from the code before
    private int length;

    // Preprocessed characters that SentencePiece's rules have not been applied to yet: code point, begin and end in the
    // text.
    private int[] queue = new int[3 * 8];
    private int queueBegin;
    private int queueEnd;

    NormalizedText(UnigramNormalizer normalizer, int capacity) {
        this.normalizer = normalizer;
        codes = new char[capacity];
        begins = new int[capacity];
        ends = new int[capacity];
        classes = new byte[capacity + 2 * Long.BYTES]; // they are read eight at a time
        parts = new byte[capacity + 2 * Long.BYTES];
        characters = new char[capacity];
    }

    /** Goes to the beginning of another text, {@code text[begin, end)}. */
    void start(String text, int begin, int end) {
        int from = begin;
        int to = end;
        while (from < to && CharacterClasses.isSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && CharacterClasses.isSpace(text.charAt(to - 1))) {
            to--;
        }
        while (from < to && normalizer.entry(text.charAt(from)) == UnigramNormalizer.DROPPED) {
            from++;
        }
        this.text = text;
        this.start = begin;
        this.position = from;
        this.end = to;
        windowBegin = from;
        windowEnd = from;
        length = 0;
        afterSpace = normalizer.spec.removeExtraWhitespaces();
        if (from < to && normalizer.spec.addDummyPrefix()) {
            put(normalizer.markCode, NOWHERE, NOWHERE);
        }
    }

    int capacity() {
        return codes.length;
    }

    /** Whether the whole text has been read. */
    boolean isComplete() {
        return position == end;
    }

    /** How many codes there are that what follows cannot take away: marks at the end of the text are dropped. */
    int length() {
        int stable = length;
        if (normalizer.spec.removeExtraWhitespaces()) {
            while (stable > 0 && begins[stable - 1] == NOWHERE && codes[stable - 1] == normalizer.markCode) {
                stable--;
            }
        }
        return stable;
    }

    /** Makes room for twice as many codes. */
    void grow() {
        int capacity = Math.multiplyExact(codes.length, 2);
        codes = Arrays.copyOf(codes, capacity);
        classes = Arrays.copyOf(classes, capacity + 2 * Long.BYTES);
        parts = Arrays.copyOf(parts, capacity + 2 * Long.BYTES);
        begins = Arrays.copyOf(begins, capacity);
        ends = Arrays.copyOf(ends, capacity);
    }

    /** Drops codes from the front. */
    void discard(int count) {
        length -= count;
        System.arraycopy(codes, count, codes, 0, length);
        System.arraycopy(classes, count, classes, 0, length);
        System.arraycopy(parts, count, parts, 0, length);
        System.arraycopy(begins, count, begins, 0, length);
        System.arraycopy(ends, count, ends, 0, length);
    }

    /** Reads on until there is no room or no text. */
    void fill() {
        while (position < end && length < codes.length) {
            fillFast();
            if (position < windowEnd && length < codes.length) {
                readSlow();
            }
        }
    }

    /** Reads characters that become one code each, whatever stands beside them; without a branch for spaces. */
    private void fillFast() {
        if (position >= windowEnd) {
            windowBegin = position;
            windowEnd = Math.min(end, position + characters.length);
            text.getChars(windowBegin, windowEnd, characters, 0);
        }
        UnigramNormalizer normalizer = this.normalizer;
        char[] characters = this.characters;
        char[] codes = this.codes;
        int[] begins = this.begins;
        int[] ends = this.ends;
        byte[] classes = this.classes;
        byte[] parts = this.parts;
        byte[] partTable = normalizer.pieces.parts;
        int classBits = normalizer.pieces.classBits;
        int n = length;
        int at = position;
        int last = n == 0 ? 0 : classes[n - 1] & 0xFF;
        int space = isAfterSpace() ? 1 : 0;
        while (at < windowEnd && n < codes.length) {
            int entry = normalizer.entry(characters[at - windowBegin]);
            if (entry < 0) {
                break;
            }
            int blank = entry >> 16; // 1 for a space, else 0
            int next = normalizer.pieces.classOf(entry & 0xFFFF);
            codes[n] = (char) entry;
            classes[n] = (byte) next;
            parts[n] = partTable[last << classBits | next];
            begins[n] = at | -blank; // NOWHERE for a space
            ends[n] = ++at | -blank;
            n += 1 - (blank & space); // of several spaces, the next code takes the place of all but the first
            space = blank;
            last = next;
        }
        length = n;
        position = at;
        afterSpace = space == 1 && normalizer.spec.removeExtraWhitespaces();
    }

    /** Whether a space that comes next is one too many. */
    private boolean isAfterSpace() {
        return afterSpace || position > start && CharacterClasses.isSpace(text.charAt(position - 1));
    }

    /** Where the word ends that begins at a code: the first place that no piece spans, or the end of the codes. */
    int endOfWord(int begin, int length) {
        int at = begin + 1;
        long marks = (long) LONGS.get(parts, at);
        while (marks == 0 && at < length) {
            at += Long.BYTES;
            marks = (long) LONGS.get(parts, at);
        }
        return Math.min(at + (Long.numberOfTrailingZeros(marks) >>> 3), length);
    }

    /** The classes of up to eight codes, the first one in the lowest byte. */
    long classes(int begin, int end) {
        return (long) LONGS.get(classes, begin) & -1L >>> Long.SIZE - Byte.SIZE * (end - begin);
    }

    private int endOfSpace(int begin) {
        int at = begin + 1;
        while (at < end && CharacterClasses.isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Reads a character that the table leaves open, and those after it that SentencePiece's rules take with it. */
    private void readSlow() {
        int codePoint = codePointAt(position);
        int entry = normalizer.entry(codePoint);
        if (entry >= 0 || entry == UnigramNormalizer.DROPPED) { // a supplementary character
            int from = position;
            position += Character.charCount(codePoint);
            if (entry >= 0) {
                put(entry, from, position);
                afterSpace = false;
            }
            return;
        }
        queueBegin = 0;
        queueEnd = 0;
        pull();
        while (queueBegin < queueEnd) {
            applyRule();
        }
    }

    private int codePointAt(int index) {
        char high = text.charAt(index);
        return Character.isHighSurrogate(high) && index + 1 < end && Character.isLowSurrogate(text.charAt(index + 1))
                ? text.codePointAt(index)
                : high;
    }

    /** Preprocesses characters until one leaves something; false at the end of the text. */
    private boolean pull() {
        int size = queueEnd;
        while (queueEnd == size && position < end) {
            int begin = position;
            int codePoint = codePointAt(begin);
            if (CharacterClasses.isSpace(codePoint)) {
                position = endOfSpace(begin);
                push(' ', begin, begin + 1);
                continue;
            }
            position += Character.charCount(codePoint);
            String changed = normalizer.preprocess(codePoint);
            for (int k = 0; k < changed.length(); ) {
                int c = changed.codePointAt(k);
                k += Character.charCount(c);
                push(normalizer.resolveSigma(c, text, start, begin, position, end), begin, position);
            }
        }
        return queueEnd > size;
    }

    private void push(int codePoint, int begin, int end) {
        if (queueEnd + 3 > queue.length) {
            queue = Arrays.copyOf(queue, queue.length * 2);
        }
        queue[queueEnd++] = codePoint;
        queue[queueEnd++] = begin;
        queue[queueEnd++] = end;
    }

    /** A character of the queue, reading on if it is not there yet; -1 after the end of the text. */
    private int peek(int index) {
        while (queueBegin + 3 * index >= queueEnd) {
            if (!pull()) {
                return -1;
            }
        }
        return queue[queueBegin + 3 * index];
    }

    /** Takes the longest user-defined piece, else the longest rule, else one character off the queue: NormalizePrefix. */
    private void applyRule() {
        int count = symbolLength();
        String result;
        if (count > 0) {
            result = front(count);
        } else {
            CharsMap rules = normalizer.charsMap;
            int rule = CharsMap.DEAD;
            count = 1;
            int state = rules.root();
            for (int k = 0; k < MAX_RULE && state != CharsMap.DEAD; k++) {
                int codePoint = peek(k);
                state = codePoint < 0 ? CharsMap.DEAD : rules.step(state, codePoint);
                if (rules.hasReplacement(state)) {
                    rule = state;
                    count = k + 1;
                }
            }
            result = rule == CharsMap.DEAD ? front(1) : rules.replacement(rule);
        }
        putAll(result, queue[queueBegin + 1], queue[queueBegin + 3 * count - 1]);
        queueBegin += 3 * count;
        if (queueBegin == queueEnd) {
            queueBegin = 0;
            queueEnd = 0;
        }
    }

    /** How many characters at the front of the queue are a user-defined piece, as many as possible; 0 if none. */
    private int symbolLength() {
        UnigramPieces pieces = normalizer.pieces;
        int symbol = 0;
        int state = PieceTrie.ROOT;
        for (int k = 0; ; k++) {
            int codePoint = peek(k);
            state = codePoint < 0 ? -1 : pieces.trie.step(state, pieces.alphabet.code(codePoint));
            if (state < 0) {
                return symbol;
            }
            if (pieces.isUserDefined(state)) {
                symbol = k + 1;
            }
        }
    }

    private String front(int count) {
        StringBuilder characters = new StringBuilder(count);
        for (int k = 0; k < count; k++) {
            characters.appendCodePoint(queue[queueBegin + 3 * k]);
        }
        return characters.toString();
    }

    /** Adds what a rule made of {@code text[begin, end)}. */
    private void putAll(String result, int begin, int end) {
        int from = 0;
        while (afterSpace && from < result.length() && result.charAt(from) == ' ') {
            from++;
        }
        if (from == result.length()) {
            return;
        }
        boolean blank = result.chars().allMatch(c -> c == ' ' || c == UnigramPieces.MARK);
        for (int k = from; k < result.length(); ) {
            int codePoint = result.codePointAt(k);
            k += Character.charCount(codePoint);
            int code = codePoint == ' ' ? normalizer.markCode : normalizer.pieces.alphabet.code(codePoint);
            boolean placed = k == result.length() && !blank;
            put(code, placed ? begin : NOWHERE, placed ? end : NOWHERE);
        }
        afterSpace = normalizer.spec.removeExtraWhitespaces() && result.endsWith(" ");
    }

    private void put(int code, int begin, int end) {
        if (length == codes.length) {
            grow();
        }
        UnigramPieces pieces = normalizer.pieces;
        int last = length == 0 ? 0 : classes[length - 1] & 0xFF;
        codes[length] = (char) code;
        classes[length] = (byte) pieces.classOf(code);
        parts[length] = pieces.parts[last << pieces.classBits | pieces.classOf(code)];
        begins[length] = begin;
        ends[length++] = end;
    }
}
