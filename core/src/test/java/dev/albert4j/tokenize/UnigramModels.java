package dev.albert4j.tokenize;

import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.util.ArrayList;
import java.util.List;

/** Small unigram models for tests. */
final class UnigramModels {
    private UnigramModels() {}

    /** ALBERT's special pieces, then normal ones: a text and its score by turns. */
    static List<Piece> pieces(Object... textsAndScores) {
        List<Piece> pieces = new ArrayList<>(List.of(
                new Piece("<pad>", 0, Type.CONTROL),
                new Piece("<unk>", 0, Type.UNKNOWN),
                new Piece("[CLS]", 0, Type.CONTROL),
                new Piece("[SEP]", 0, Type.CONTROL),
                new Piece("[MASK]", 0, Type.CONTROL)));
        for (int k = 0; k < textsAndScores.length; k += 2) {
            float score = ((Number) textsAndScores[k + 1]).floatValue();
            pieces.add(new Piece((String) textsAndScores[k], score, Type.NORMAL));
        }
        return pieces;
    }

    /** A few words, their letters, and two user-defined symbols. */
    static List<Piece> words() {
        List<Piece> pieces = pieces(
                "▁", -3, "▁a", -4, "▁film", -5, "▁fine", -5.5, "s", -4, "ing", -5, "film", -7, "in", -6, "fi", -7, ",",
                -3);
        pieces.add(new Piece(".", 0, Type.USER_DEFINED));
        pieces.add(new Piece("<br>", 0, Type.USER_DEFINED));
        for (char c = 'a'; c <= 'z'; c++) {
            if (c != 's' && c != 'q') {
                pieces.add(new Piece(String.valueOf(c), -8 - (c - 'a') / 8f, Type.NORMAL));
            }
        }
        return pieces;
    }
}
