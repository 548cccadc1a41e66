package dev.albert4j.tokenize;

import java.text.Normalizer;

/**
 * What BERT's basic tokenizer does to a character before words are cut (google-research {@code BasicTokenizer}, Hugging Face
 * {@code BertNormalizer}): the settings, and the rule for one character.
 *
 * <p>Marks are not put into canonical order: nearly all of them are dropped, and the order of the others changes no id that
 * a vocabulary holds.
 *
 * @param lowerCase whether letters are lower-cased, one by one: there is no final sigma
 * @param stripAccents whether letters are decomposed and their nonspacing marks dropped
 * @param splitChinese whether every Chinese character is a word by itself
 */
record BertNormalization(boolean lowerCase, boolean stripAccents, boolean splitChinese) {
    /** The uncased one, as for the published Chinese vocabularies. */
    static final BertNormalization UNCASED = new BertNormalization(true, true, true);

    /** What becomes of a character that is neither a space nor removed; empty for a mark. */
    String apply(int codePoint) {
        String text = Character.toString(codePoint);
        if (stripAccents) {
            text = Normalizer.normalize(text, Normalizer.Form.NFD);
        }
        StringBuilder normalized = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int part = text.codePointAt(i);
            if (stripAccents && BertCharacters.isNonspacingMark(part)) {
                continue;
            }
            if (lowerCase && part == 0x130) {
                normalized.append("i\u0307"); // the one character whose lower case is two
            } else {
                normalized.appendCodePoint(lowerCase ? Character.toLowerCase(part) : part);
            }
        }
        return normalized.toString();
    }
}
