package dev.albert4j.data;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text, or a pair of texts, and its label.
 *
 * @param text the text, or the first one
 * @param pair the second text, if there are two
 * @param label the label's name; of a text whose labels are probable, the most probable one
 * @param probabilities how probable each label is; none where the label is known. A label that is not named is impossible
 * @param line where it stands in its file, from 1
 */
public record LabeledText(
        String text, @Nullable String pair, String label, Map<String, Float> probabilities, long line) {
    public LabeledText {
        probabilities = Map.copyOf(probabilities);
    }

    /**
     * A text whose labels are probable. Of several most probable ones the first by name is its label.
     *
     * @param probabilities at least one
     */
    public LabeledText(String text, @Nullable String pair, Map<String, Float> probabilities, long line) {
        this(text, pair, mostProbable(probabilities), probabilities, line);
    }

    private static String mostProbable(Map<String, Float> probabilities) {
        return Collections.max(
                        probabilities.entrySet(),
                        Map.Entry.<String, Float>comparingByValue()
                                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .getKey();
    }

    /** A text whose label is known. */
    public LabeledText(String text, @Nullable String pair, String label, long line) {
        this(text, pair, label, Map.of(), line);
    }
}
