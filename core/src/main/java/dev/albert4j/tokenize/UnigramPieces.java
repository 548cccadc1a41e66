package dev.albert4j.tokenize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pieces of a unigram model, ready for search. Immutable and thread-safe. */
final class UnigramPieces {
    /** U+2581, which stands for a space. */
    static final int MARK = '\u2581';

    /** What an unknown character costs more than the worst piece ({@code kUnkPenalty} of {@code unigram_model.cc}). */
    private static final float UNKNOWN_PENALTY = 10;

    /** What each byte of a user-defined piece but the first is worth. */
    private static final float USER_DEFINED_BYTE = 0.1f;

    final Alphabet alphabet;
    final PieceTrie trie;

    /** What a piece adds to the score of a path, by id. */
    final float[] scores; // [V]

    /** What an unknown character adds. */
    final float unknownScore;

    final int unknownId;

    /** The size of the largest score, that of an unknown character included. */
    final float largestScore;

    /** How many bits the class of a code takes, at most 8. */
    final int classBits;

    /** 0 where some piece has a code of the one class right before one of the other; 1 if every path passes between them. */
    final byte[] parts; // [2^classBits, 2^classBits]

    /** The codes of the longest piece. */
    final int longest;

    private final boolean[] userDefined; // [V]
    private final int lastClass;
    private final int[] single; // [codes]: the piece of one character, or unknownId
    private final boolean[] startsSymbol; // [codes]: a user-defined piece of two or more characters starts with it
    private final int[] @Nullable [] recut; // [V]: pairs of id and number of characters; see DigitComma

    UnigramPieces(SentencePieceModel model) {
        List<SentencePieceModel.Piece> pieces = model.pieces();
        alphabet = new Alphabet(pieces.stream()
                .filter(UnigramPieces::isFoundInText)
                .map(SentencePieceModel.Piece::text)
                .toList());
        userDefined = new boolean[pieces.size()];
        startsSymbol = new boolean[alphabet.size()];
        classBits = Math.min(32 - Integer.numberOfLeadingZeros(alphabet.size() - 1), Byte.SIZE);
        lastClass = (1 << classBits) - 1;
        parts = new byte[1 << 2 * classBits];
        Arrays.fill(parts, (byte) 1);
        List<char[]> sequences = new ArrayList<>();
        int[] ids = new int[pieces.size()];
        int longestPiece = 1;
        for (int id = 0; id < pieces.size(); id++) {
            if (isFoundInText(pieces.get(id))) {
                char[] codes = alphabet.codes(pieces.get(id).text());
                userDefined[id] = pieces.get(id).type() == SentencePieceModel.Type.USER_DEFINED;
                startsSymbol[codes[0]] |= userDefined[id] && codes.length > 1;
                longestPiece = Math.max(longestPiece, codes.length);
                for (int k = 1; k < codes.length; k++) {
                    parts[classOf(codes[k - 1]) << classBits | classOf(codes[k])] = 0;
                }
                ids[sequences.size()] = id;
                sequences.add(codes);
            }
        }
        longest = longestPiece;
        trie = PieceTrie.of(sequences, ids, alphabet.size());
        scores = scores(pieces);
        unknownScore = lowest(pieces) - UNKNOWN_PENALTY;
        float largest = Math.abs(unknownScore);
        for (float score : scores) {
            largest = Math.max(largest, Math.abs(score));
        }
        largestScore = largest;
        unknownId = model.unknownId();
        single = new int[alphabet.size()];
        for (int code = 0; code < single.length; code++) {
            int state = trie.step(PieceTrie.ROOT, code);
            single[code] = state >= 0 && trie.piece[state] >= 0 ? trie.piece[state] : unknownId;
        }
        recut = recutDigitCommas(pieces, model.normalizer().addDummyPrefix() ? Character.toString(MARK) : "");
    }

    private static boolean isFoundInText(SentencePieceModel.Piece piece) {
        return piece.type() == SentencePieceModel.Type.NORMAL || piece.type() == SentencePieceModel.Type.USER_DEFINED;
    }

    /**
     * Scores as {@code EncodeOptimized} adds them. A user-defined piece has one of its own, which nothing beats; that of
     * sentencepiece 0.2.2 was found by its effect on ties (older releases took 0.1 off for each piece instead).
     */
    private static float[] scores(List<SentencePieceModel.Piece> pieces) {
        float[] scores = new float[pieces.size()];
        for (int id = 0; id < scores.length; id++) {
            SentencePieceModel.Piece piece = pieces.get(id);
            scores[id] = piece.type() == SentencePieceModel.Type.USER_DEFINED
                    ? (SentencePieceModel.numBytes(piece.text()) - 1) * USER_DEFINED_BYTE
                    : piece.score();
        }
        return scores;
    }

    private static float lowest(List<SentencePieceModel.Piece> pieces) {
        float lowest = Float.MAX_VALUE;
        for (SentencePieceModel.Piece piece : pieces) {
            if (piece.type() == SentencePieceModel.Type.NORMAL) {
                lowest = Math.min(lowest, piece.score());
            }
        }
        return lowest;
    }

    /** The class of a code: itself, but rare codes of a large alphabet share the last one. */
    int classOf(int code) {
        return Math.min(code, lastClass);
    }

    /** Whether codes of a class all are the same code. */
    boolean isExact(int codeClass) {
        return codeClass < lastClass || alphabet.size() <= 1 << classBits;
    }

    /** The piece that is one code, or {@link #unknownId}. */
    int single(int code) {
        return single[code];
    }

    /** What a piece, or an unknown character, adds to the score. */
    float score(int id) {
        return id == unknownId ? unknownScore : scores[id];
    }

    /** Whether a piece is neither unknown nor cut again. */
    boolean isPlain(int id) {
        return id != unknownId && recut[id] == null;
    }

    /** Whether a user-defined piece ends at a state of the trie. */
    boolean isUserDefined(int state) {
        return trie.piece[state] >= 0 && userDefined[trie.piece[state]];
    }

    /** Whether a user-defined piece of two or more characters starts with a code. */
    boolean startsSymbol(int code) {
        return startsSymbol[code];
    }

    /**
     * Pairs of id and number of characters that a piece is replaced by, or null: google-research's {@code encode_pieces}
     * cuts the comma off a piece that ends in digit and comma and encodes the rest again. A lone mark has 0 characters.
     */
    int @Nullable [] recut(int id) {
        return recut[id];
    }

    /** The rest is encoded as a text of its own, so what becomes of a piece is the same wherever it occurs. */
    private int[] @Nullable [] recutDigitCommas(List<SentencePieceModel.Piece> pieces, String prefix) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() != SentencePieceModel.Type.UNKNOWN) {
                ids.putIfAbsent(pieces.get(id).text(), id);
            }
        }
        int[] @Nullable [] result = new int[pieces.size()] @Nullable [];
        for (int id = 0; id < result.length; id++) {
            String piece = pieces.get(id).text();
            if (isFoundInText(pieces.get(id)) && endsInDigitAndComma(piece)) {
                result[id] = recut(piece, prefix, ids);
            }
        }
        return result;
    }

    static boolean endsInDigitAndComma(String piece) {
        int comma = piece.length() - 1;
        return comma > 0 && piece.charAt(comma) == ',' && CharacterClasses.isDigit(piece.codePointBefore(comma));
    }

    private int[] recut(String piece, String prefix, Map<String, Integer> ids) {
        String mark = Character.toString(MARK);
        String rest = prefix + piece.substring(0, piece.length() - 1).replace(mark, "");
        int[] codePoints = rest.codePoints().toArray();
        Viterbi viterbi = new Viterbi(this, codePoints.length);
        viterbi.trace(viterbi.search(alphabet.codes(rest), 0, codePoints.length, true, 0));
        int[] result = new int[2 * viterbi.numPieces() + 2];
        int size = 0;
        for (int k = 0; k < viterbi.numPieces(); k++) {
            int begin = viterbi.begin(k);
            int end = viterbi.end(k);
            int id = viterbi.id(k);
            int numMarks = begin < prefix.length() ? prefix.length() : 0;
            if (k > 0 && id == unknownId && viterbi.id(k - 1) == unknownId && size > 0) {
                result[size - 1] += end - begin; // a run of unknown characters is one piece
                continue;
            }
            if (numMarks > 0 && !piece.startsWith(mark)) { // the mark was only added for the encoding: off it comes
                if (end == numMarks) {
                    continue;
                }
                id = ids.getOrDefault(new String(codePoints, numMarks, end - numMarks), unknownId);
            }
            result[size++] = id;
            result[size++] = end - begin - numMarks;
        }
        result[size++] = ids.getOrDefault(",", unknownId);
        result[size++] = 1;
        return Arrays.copyOf(result, size);
    }
}
