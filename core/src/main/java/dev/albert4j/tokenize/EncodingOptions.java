package dev.albert4j.tokenize;

/**
 * How a text becomes an {@link Encoding}.
 *
 * @param maxLength most tokens of an encoding, special ones included
 * @param truncation which text of a pair is cut
 * @param addSpecialTokens whether to put {@code [CLS]} and {@code [SEP]} around the texts
 * @param recognizeSpecialTokens whether {@code [MASK]}, {@code [SEP]} and the like, written in the text, mean those
 *     tokens (as Hugging Face reads them); otherwise they are plain text (as google-research does)
 */
public record EncodingOptions(
        int maxLength, Truncation truncation, boolean addSpecialTokens, boolean recognizeSpecialTokens) {
    /** No limit, special tokens added, none recognised in the text. */
    public static final EncodingOptions DEFAULT =
            new EncodingOptions(Integer.MAX_VALUE, Truncation.LONGEST_FIRST, true, false);

    public EncodingOptions {
        if (maxLength < 1) {
            throw new IllegalArgumentException("maxLength " + maxLength + " is not positive");
        }
    }

    /** These options with another {@code maxLength}. */
    public EncodingOptions withMaxLength(int maxLength) {
        return new EncodingOptions(maxLength, truncation, addSpecialTokens, recognizeSpecialTokens);
    }

    /** These options with another {@code truncation}. */
    public EncodingOptions withTruncation(Truncation truncation) {
        return new EncodingOptions(maxLength, truncation, addSpecialTokens, recognizeSpecialTokens);
    }

    /** These options with or without {@code [CLS]} and {@code [SEP]}. */
    public EncodingOptions withSpecialTokens(boolean addSpecialTokens) {
        return new EncodingOptions(maxLength, truncation, addSpecialTokens, recognizeSpecialTokens);
    }

    /** These options reading special tokens in the text, or not. */
    public EncodingOptions recognizingSpecialTokens(boolean recognizeSpecialTokens) {
        return new EncodingOptions(maxLength, truncation, addSpecialTokens, recognizeSpecialTokens);
    }
}
