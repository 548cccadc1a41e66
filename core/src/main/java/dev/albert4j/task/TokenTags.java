package dev.albert4j.task;

import dev.albert4j.data.Span;
import dev.albert4j.data.TaggedText;
import dev.albert4j.tokenize.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What a model is to learn of a text: the tag of each token. */
final class TokenTags {
    private TokenTags() {}

    /** {@link EntityRecognizer#tagIds}. */
    static int[] of(Encoding encoding, TaggedText text, BioTags tags) {
        int[] ids = new int[encoding.length()];
        Arrays.fill(ids, EntityRecognizer.NO_TAG);
        List<Words.Word> words = words(encoding, text.text());
        words.forEach(word -> ids[word.firstToken()] = tags.outside());
        boolean[] taken = new boolean[words.size()];
        List<Span> spans = new ArrayList<>(text.spans());
        spans.sort(Comparator.comparingInt(span -> span.begin() - span.end())); // of nested spans the outer one counts
        for (Span span : spans) {
            int first = firstEndingAfter(words, span.begin());
            int end = first;
            boolean free = true;
            while (end < words.size() && words.get(end).begin() < span.end()) {
                free &= !taken[end++];
            }
            for (int word = first; free && word < end; word++) {
                boolean begins = word == first && !beganBefore(encoding, text.text(), span);
                ids[words.get(word).firstToken()] = begins ? tags.begin(span) : tags.inside(span);
                taken[word] = true;
            }
        }
        return ids;
    }

    /** The words of a window, but for one whose beginning is in the window before. */
    private static List<Words.Word> words(Encoding encoding, String text) {
        List<Words.Word> words = Words.of(encoding, text, null);
        boolean cut = !words.isEmpty() && Words.isInside(text, words.get(0).begin());
        return cut ? words.subList(1, words.size()) : words;
    }

    private static int firstEndingAfter(List<Words.Word> words, int place) {
        int low = 0;
        int high = words.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (words.get(middle).end() > place) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Whether a span began in the window before this one. */
    private static boolean beganBefore(Encoding encoding, String text, Span span) {
        int place = firstPlace(encoding);
        return place > span.begin() && !text.substring(span.begin(), place).isBlank();
    }

    private static int firstPlace(Encoding encoding) {
        for (int token = 0; token < encoding.length(); token++) {
            if (!encoding.isSpecial(token)) {
                return encoding.begin(token);
            }
        }
        return 0;
    }
}
