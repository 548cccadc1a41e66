package dev.albert4j.tokenize;

/**
 * The choices in ALBERT's preprocessing, named as in Hugging Face's {@code tokenizer_config.json}.
 *
 * @param lowerCase whether text is lower-cased ({@code do_lower_case})
 * @param keepAccents whether characters are left as they are, instead of decomposed (NFKD) and freed of combining marks
 */
record TextRules(boolean lowerCase, boolean keepAccents) {
    /** What google-research's models were trained with. */
    static final TextRules DEFAULT = new TextRules(true, false);
}
