package dev.albert4j.tokenize;

import java.text.Normalizer;
import java.util.Locale;

/** What ALBERT does to a text before SentencePiece sees it, as one string without offsets: what vocabularies are trained on. */
public final class AlbertPreprocessing {
    private AlbertPreprocessing() {}

    /**
     * White space collapsed into single spaces and trimmed, NFKD, combining marks dropped, lower case. Half of a surrogate
     * pair becomes U+FFFD.
     *
     * <p>Source: google-research/albert {@code tokenization.py}, {@code preprocess_text}.
     */
    public static String apply(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean ascii = true;
        boolean space = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (CharacterClasses.isSpace(c)) {
                space = true;
                continue;
            }
            if (space && !out.isEmpty()) {
                out.append(' ');
            }
            space = false;
            ascii &= c < 0x80;
            boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            out.appendCodePoint(surrogate ? 0xFFFD : c);
        }
        String collapsed = out.toString();
        return (ascii ? collapsed : withoutMarks(collapsed)).toLowerCase(Locale.ROOT);
    }

    private static String withoutMarks(String text) {
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD);
        StringBuilder out = new StringBuilder(decomposed.length());
        decomposed.codePoints().filter(c -> !CharacterClasses.isCombining(c)).forEach(out::appendCodePoint);
        return out.toString();
    }
}
