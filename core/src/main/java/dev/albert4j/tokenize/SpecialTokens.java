package dev.albert4j.tokenize;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds special tokens that are written in a text, letter by letter. Immutable and thread-safe. */
final class SpecialTokens {
    private final List<String> tokens;
    private final int[] ids; // by place in tokens

    SpecialTokens(Vocabulary vocabulary) {
        Set<Integer> special = new LinkedHashSet<>(List.of(
                vocabulary.padId(), vocabulary.unkId(), vocabulary.clsId(), vocabulary.sepId(), vocabulary.maskId()));
        this.ids = special.stream().mapToInt(id -> id).toArray();
        this.tokens = special.stream().map(vocabulary::token).toList();
    }

    /** Appends the pieces of a text, those of special tokens whole; stops at {@code maxPieces} like the segmenter. */
    void segment(String text, int maxPieces, Segmenter segmenter, PieceList out) {
        int from = 0;
        for (int i = 0; i < text.length() && out.size < maxPieces; ) {
            int which = find(text, i);
            if (which < 0) {
                i++;
                continue;
            }
            int end = i + tokens.get(which).length();
            segmenter.segment(text, from, i, maxPieces - out.size, out);
            out.add(ids[which], i, end);
            from = end;
            i = end;
        }
        if (out.size < maxPieces) {
            segmenter.segment(text, from, text.length(), maxPieces - out.size, out);
        }
    }

    /** Which special token begins at a place; -1 if none does. */
    private int find(String text, int at) {
        char first = text.charAt(at);
        if (first != '[' && first != '<') {
            return -1;
        }
        for (int i = 0; i < tokens.size(); i++) {
            if (text.startsWith(tokens.get(i), at)) {
                return i;
            }
        }
        return -1;
    }
}
