package dev.albert4j.task;

import dev.albert4j.tokenize.Tokenizer;

/** Writes pieces in the places of masks, as a reader expects them: a piece that goes on with a word touches it. Used by one thread. */
final class FilledWords {
    private final String text;
    private final Tokenizer tokenizer;
    private final StringBuilder filled = new StringBuilder();
    private int from;

    FilledWords(String text, Tokenizer tokenizer) {
        this.text = text;
        this.tokenizer = tokenizer;
    }

    /** Puts a piece in the place of {@code text[begin, end)}, which is after those before. */
    void add(int begin, int end, String token) {
        append(text.substring(from, begin));
        from = end;
        boolean begins = tokenizer.beginsWord(tokenizer.vocabulary().id(token).orElseThrow());
        String piece =
                begins || !token.startsWith("##") ? token.replace('▁', ' ').strip() : token.substring(2);
        if (begins) {
            append(piece);
        } else {
            filled.setLength(filled.toString().stripTrailing().length());
            filled.append(piece);
        }
    }

    /** Appends, with a blank where two words would run together. */
    private void append(String part) {
        int seam = filled.length();
        filled.append(part);
        if (Words.isInside(filled.toString(), seam)) {
            filled.insert(seam, ' ');
        }
    }

    /** The text with what was added so far. */
    @Override
    public String toString() {
        append(text.substring(from));
        from = text.length();
        return filled.toString();
    }
}
