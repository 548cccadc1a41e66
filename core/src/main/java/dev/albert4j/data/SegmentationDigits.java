package dev.albert4j.data;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The place of each character in its word, which some Chinese files write behind it ("科0 技1 全0 方1 位2": 科技 全方位; Weibo NER).
 * A file is taken for such a one only if all its tokens are a character and a number, and the numbers of each sentence begin
 * with 0 and go on with 0 or one more than before.
 */
final class SegmentationDigits {
    private int previous = -1; // in this sentence

    /** Whether a file's tokens carry the digits; reads only as far as the first that does not. */
    static boolean in(Path file) throws IOException {
        SegmentationDigits digits = new SegmentationDigits();
        boolean any = false;
        try (LineReader lines = LineReader.open(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    digits.endSentence();
                } else if (digits.length(ConllReader.columns(line)[0]) < 0) {
                    return false;
                } else {
                    any = true;
                }
            }
        }
        return any;
    }

    /** Tells that the next token begins a sentence. */
    void endSentence() {
        previous = -1;
    }

    /** The length of the next token of a sentence without its digits, or −1 if it has none that fit. */
    int length(String token) {
        int next = previous + 1;
        int length = lengthBefore(token, next);
        if (length < 0) {
            next = 0;
            length = lengthBefore(token, next);
        }
        previous = next;
        return length;
    }

    private static int lengthBefore(String token, int number) {
        String digits = Integer.toString(number);
        int length = token.length() - digits.length();
        if (length < 1 || !token.endsWith(digits)) {
            return -1;
        }
        String rest = token.substring(0, length);
        boolean broken = rest.equals("\uFFFD\uFFFD"); // the halves of an emoji, each replaced
        return broken || rest.codePointCount(0, length) == 1 ? length : -1;
    }
}
