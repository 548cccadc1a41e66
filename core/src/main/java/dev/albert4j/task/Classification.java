package dev.albert4j.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The answer of a classifier to one text. Immutable.
 *
 * @param label the most probable label
 * @param score its probability
 * @param scores all labels with their probabilities, in the model's order
 * @param truncated whether the text was longer than the model reads, and its end was left out
 * @param layer where the text left the encoder: the last layer, L × I, unless the classifier {@linkplain TextClassifier#withPatience has
 *     a patience}
 */
public record Classification(String label, double score, List<Score> scores, boolean truncated, int layer) {
    /**
     * A label and its probability.
     *
     * @param label the label's name
     * @param score 0 to 1
     */
    public record Score(String label, double score) {}

    public Classification {
        scores = List.copyOf(scores);
    }

    /** The {@code count} most probable labels, best first. */
    public List<Score> top(int count) {
        List<Score> sorted = new ArrayList<>(scores);
        sorted.sort(Comparator.comparingDouble(Score::score).reversed());
        return List.copyOf(sorted.subList(0, Math.min(count, sorted.size())));
    }
}
