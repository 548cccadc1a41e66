package dev.albert4j.tokenize;

import dev.albert4j.tokenize.SentencePieceModel.NormalizerSpec;
import java.text.Normalizer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What becomes of each character: google-research's {@code preprocess_text} (NFKD, combining marks dropped, lower-cased),
 * then SentencePiece's own normalisation. Most characters become one code whatever stands beside them; a table, filled as
 * scripts occur, says so. The others are left to {@link NormalizedText}. Immutable but for that table, and thread-safe.
 */
final class UnigramNormalizer {
    /** The entry of a character whose result is not one code, or depends on what stands beside it. */
    static final int SLOW = -1;

    /** Added to the code of a space. */
    static final int SPACE = 1 << 16;

    /** The entry of a combining mark, which vanishes. */
    static final int DROPPED = -2;

    private static final int PAGE_BITS = 8;
    private static final int CAPITAL_SIGMA = 0x03A3;

    final UnigramPieces pieces;
    final NormalizerSpec spec;
    final CharsMap charsMap;
    private final TextRules rules;

    /** The code that a space becomes. */
    final char markCode;

    /** The entries of U+0000 to U+00FF. */
    private final int[] latin;

    private final AtomicReferenceArray<int[]> pages =
            new AtomicReferenceArray<>((Character.MAX_CODE_POINT >> PAGE_BITS) + 1);

    /** @throws IllegalArgumentException if the precompiled_charsmap is damaged */
    UnigramNormalizer(UnigramPieces pieces, NormalizerSpec spec, TextRules rules) {
        this.pieces = pieces;
        this.spec = spec;
        this.charsMap = CharsMap.parse(spec.charsMap().toByteArray());
        this.rules = rules;
        this.markCode = (char) pieces.alphabet.code(spec.escapeWhitespaces() ? UnigramPieces.MARK : ' ');
        this.latin = fillPage(0);
    }

    /** A code, {@link #SPACE} added if it stands for a space; or {@link #SLOW} or {@link #DROPPED}. */
    int entry(int codePoint) {
        if (codePoint <= 0xFF) {
            return latin[codePoint];
        }
        int page = codePoint >> PAGE_BITS;
        int[] entries = pages.getAcquire(page);
        if (entries == null) {
            entries = fillPage(page);
            pages.setRelease(page, entries);
        }
        return entries[codePoint & (1 << PAGE_BITS) - 1];
    }

    private int[] fillPage(int page) {
        int[] entries = new int[1 << PAGE_BITS];
        for (int k = 0; k < entries.length; k++) {
            entries[k] = findEntry(page << PAGE_BITS | k);
        }
        return entries;
    }

    private int findEntry(int codePoint) {
        boolean space = CharacterClasses.isSpace(codePoint);
        String changed = space ? " " : preprocess(codePoint);
        if (changed.isEmpty()) {
            return DROPPED;
        }
        int single = changed.codePointAt(0);
        if (isSurrogate(codePoint) || !isSingle(changed) || single == CAPITAL_SIGMA) {
            return SLOW;
        }
        int state = charsMap.step(charsMap.root(), single);
        if (charsMap.continues(state, this::canFollow) || pieces.startsSymbol(pieces.alphabet.code(single))) {
            return SLOW;
        }
        if (!isSymbol(single) && charsMap.hasReplacement(state)) {
            String replacement = charsMap.replacement(state);
            if (!isSingle(replacement)) {
                return SLOW;
            }
            single = replacement.codePointAt(0);
        }
        if (space) {
            return single == ' ' ? SPACE | markCode : SLOW;
        }
        return single == ' ' || single == UnigramPieces.MARK ? SLOW : pieces.alphabet.code(single);
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static boolean isSingle(String text) {
        return text.codePointCount(0, text.length()) == 1;
    }

    private boolean canFollow(int codePoint) {
        return rules.keepAccents() || !CharacterClasses.isCombining(codePoint);
    }

    /** Whether a character alone is a user-defined piece, which SentencePiece does not normalise. */
    private boolean isSymbol(int codePoint) {
        int state = pieces.trie.step(PieceTrie.ROOT, pieces.alphabet.code(codePoint));
        return state >= 0 && pieces.isUserDefined(state);
    }

    /**
     * What google-research's {@code preprocess_text} makes of a character that is no space. A capital sigma is left as it
     * is: what it becomes depends on its neighbours.
     */
    String preprocess(int codePoint) {
        String text = Character.toString(isSurrogate(codePoint) ? 0xFFFD : codePoint);
        if (codePoint >= 0x80 && !rules.keepAccents()) {
            text = Normalizer.normalize(text, Normalizer.Form.NFKD);
        }
        StringBuilder result = new StringBuilder(text.length());
        for (int k = 0; k < text.length(); ) {
            int c = text.codePointAt(k);
            k += Character.charCount(c);
            if (rules.keepAccents() || !CharacterClasses.isCombining(c)) {
                lower(c, result);
            }
        }
        return result.toString();
    }

    private void lower(int codePoint, StringBuilder result) {
        if (!rules.lowerCase() || codePoint == CAPITAL_SIGMA) {
            result.appendCodePoint(codePoint);
        } else if (codePoint == 0x0130) { // capital I with dot above: the one letter that becomes two
            result.append("i\u0307");
        } else {
            result.appendCodePoint(Character.toLowerCase(codePoint));
        }
    }

    /** What {@link #preprocess} left of the character {@code text[begin, end)} as a code point of its result becomes. */
    int resolveSigma(int codePoint, String text, int from, int begin, int end, int to) {
        if (codePoint != CAPITAL_SIGMA || !rules.lowerCase()) {
            return codePoint;
        }
        return isCasedBefore(text, from, begin) && !isCasedAfter(text, end, to) ? 0x03C2 : 0x03C3;
    }

    /** Whether the nearest character before that is not case-ignorable is cased. */
    private boolean isCasedBefore(String text, int from, int begin) {
        for (int k = begin; k > from; ) {
            int c = text.codePointBefore(k);
            k -= Character.charCount(c);
            String changed = CharacterClasses.isSpace(c) ? " " : preprocess(c);
            for (int i = changed.length(); i > 0; ) {
                int d = changed.codePointBefore(i);
                i -= Character.charCount(d);
                if (!CharacterClasses.isCaseIgnorable(d)) {
                    return CharacterClasses.isCased(d);
                }
            }
        }
        return false;
    }

    private boolean isCasedAfter(String text, int end, int to) {
        for (int k = end; k < to; ) {
            int c = text.codePointAt(k);
            k += Character.charCount(c);
            String changed = CharacterClasses.isSpace(c) ? " " : preprocess(c);
            for (int i = 0; i < changed.length(); ) {
                int d = changed.codePointAt(i);
                i += Character.charCount(d);
                if (!CharacterClasses.isCaseIgnorable(d)) {
                    return CharacterClasses.isCased(d);
                }
            }
        }
        return false;
    }
}
