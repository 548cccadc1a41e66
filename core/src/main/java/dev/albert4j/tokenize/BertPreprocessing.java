package dev.albert4j.tokenize;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What BERT's uncased tokenizer does to a text before it looks into its vocabulary, as words without offsets: what WordPiece
 * vocabularies are trained on. Thread-safe.
 */
public final class BertPreprocessing {
    /** What becomes of a UTF-16 unit that is a character; filled when it is first seen, always with the same value. */
    private static final @Nullable String[] NORMALIZED = new @Nullable String[1 << 16];

    private BertPreprocessing() {}

    /**
     * The words of a text: lower case, without accents and control characters, parted at white space; a punctuation mark and a
     * Chinese character are words by themselves. Half of a surrogate pair is dropped.
     *
     * <p>Source: Hugging Face {@code BertNormalizer} and {@code BertPreTokenizer}.
     *
     * @param words is handed one word after the other
     */
    public static void words(String text, Consumer<String> words) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            if (half || BertCharacters.isRemoved(c)) {
                continue;
            }
            boolean alone = BertCharacters.isChinese(c);
            if (alone || BertCharacters.isSpace(c)) {
                flush(word, words);
            }
            if (BertCharacters.isSpace(c)) {
                continue;
            }
            String normalized = normalized(c);
            for (int k = 0; k < normalized.length(); ) {
                int part = normalized.codePointAt(k);
                k += Character.charCount(part);
                boolean punctuation = BertCharacters.isPunctuation(part);
                if (punctuation) {
                    flush(word, words);
                }
                word.appendCodePoint(part);
                if (punctuation) {
                    flush(word, words);
                }
            }
            if (alone) {
                flush(word, words);
            }
        }
        flush(word, words);
    }

    private static String normalized(int codePoint) {
        if (!Character.isBmpCodePoint(codePoint)) {
            return BertNormalization.UNCASED.apply(codePoint);
        }
        String known = NORMALIZED[codePoint];
        if (known == null) {
            known = BertNormalization.UNCASED.apply(codePoint);
            NORMALIZED[codePoint] = known;
        }
        return known;
    }

    private static void flush(StringBuilder word, Consumer<String> words) {
        if (!word.isEmpty()) {
            words.accept(word.toString());
            word.setLength(0);
        }
    }
}
