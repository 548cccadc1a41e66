package dev.albert4j.task;

import dev.albert4j.tokenize.Encoding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of an encoded text: tokens that touch and are letters or digits on both sides belong together, but every
 * ideograph is a word of its own.
 */
final class Words {
    /** Tokens {@code [firstToken, endToken)}, characters {@code [begin, end)} of their text. */
    record Word(int firstToken, int endToken, int begin, int end) {}

    private Words() {}

    static List<Word> of(Encoding encoding, String text, @Nullable String pair) {
        List<Word> words = new ArrayList<>();
        int token = 0;
        while (token < encoding.length()) {
            int first = token++;
            if (encoding.isSpecial(first) || encoding.begin(first) == encoding.end(first)) {
                continue;
            }
            String source = encoding.typeId(first) == 0 || pair == null ? text : pair;
            int end = encoding.end(first);
            while (token < encoding.length() && continues(encoding, token, source, end)) {
                end = Math.max(end, encoding.end(token));
                token++;
            }
            words.add(new Word(first, token, encoding.begin(first), end));
        }
        return words;
    }

    /** Whether a token goes on with the word that ends at {@code end}; a lone ▁ shares its place with the next token. */
    private static boolean continues(Encoding encoding, int token, String source, int end) {
        if (encoding.isSpecial(token) || encoding.typeId(token) != encoding.typeId(token - 1)) {
            return false;
        }
        int begin = encoding.begin(token);
        if (begin < end) {
            return true;
        }
        return begin == end && isInside(source, begin);
    }

    /** Whether the characters on both sides of a place belong to one word. */
    static boolean isInside(String source, int place) {
        return place > 0
                && place < source.length()
                && isWordPart(source.codePointBefore(place))
                && isWordPart(source.codePointAt(place));
    }

    private static boolean isWordPart(int codePoint) {
        return Character.isLetterOrDigit(codePoint) && !Character.isIdeographic(codePoint);
    }
}
