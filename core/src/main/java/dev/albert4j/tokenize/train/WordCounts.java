package dev.albert4j.tokenize.train;

import dev.albert4j.tokenize.AlbertPreprocessing;
import dev.albert4j.tokenize.BertPreprocessing;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;

/** How often each word of a corpus stands in it. Not thread-safe. */
final class WordCounts {
    /** What SentencePiece writes for a space: a word begins with it. */
    static final char SPACE = '\u2581';

    private final Map<String, long[]> counts = new HashMap<>();

    private WordCounts() {}

    /** Counts what stands between the spaces of ALBERT's preprocessed text. */
    static WordCounts of(Iterator<String> lines) {
        WordCounts words = new WordCounts();
        while (lines.hasNext()) {
            words.add(AlbertPreprocessing.apply(Objects.requireNonNull(lines.next(), "line")));
        }
        return words;
    }

    /** Counts the words of BERT's uncased tokenizer. */
    static WordCounts ofBertWords(Iterator<String> lines) {
        WordCounts words = new WordCounts();
        while (lines.hasNext()) {
            BertPreprocessing.words(Objects.requireNonNull(lines.next(), "line"), words::count);
        }
        return words;
    }

    private void count(String word) {
        counts.computeIfAbsent(word, key -> new long[1])[0]++;
    }

    /** The words, without the mark of the space before them, each with its count in an array of one. */
    Map<String, long[]> counts() {
        return counts;
    }

    private void add(String text) {
        int begin = 0;
        for (int i = 0; i <= text.length(); i++) {
            // NFKD makes spaces of some characters, such as U+00A8, so that there may be several in a row.
            if (i == text.length() || text.charAt(i) == ' ' || text.charAt(i) == SPACE) {
                if (i > begin) {
                    count(text.substring(begin, i));
                }
                begin = i + 1;
            }
        }
    }
}
