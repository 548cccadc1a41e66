package dev.albert4j.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.model.AlbertConfig;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** By how much "no answer" may lead before a question is not answered, in logits: kept in a model's {@code config.json}. */
final class NoAnswerThreshold {
    /** The field of {@code config.json}: a number. */
    static final String FIELD = "no_answer_threshold";

    /** How far beyond the outermost margin a threshold is put. */
    private static final double BEYOND = 1;

    /** Margins that differ by less are equal: another engine, or another batch, may swap them. */
    private static final double EQUAL = 1e-4;

    private NoAnswerThreshold() {}

    /**
     * A question of a known answer.
     *
     * @param margin how much "no answer" leads; infinite if there is nothing to answer
     * @param gain what answering it adds to the score against not answering it, −1 to 1
     */
    record Question(double margin, double gain) {}

    /**
     * That of a model, or null if it has none.
     *
     * @throws IllegalArgumentException if the configuration's field is no finite number
     */
    static @Nullable Double of(AlbertConfig config) {
        JsonNode field = config.others().get(FIELD);
        if (field == null) {
            return null;
        }
        if (!field.isNumber() || !Double.isFinite(field.doubleValue())) {
            throw new IllegalArgumentException("the model's " + FIELD + " " + field + " is not a finite number");
        }
        return field.doubleValue();
    }

    /**
     * The threshold of the greatest score, as {@code find_best_thresh} of SQuAD 2's evaluation script chooses it: of equally good ones
     * the lowest, so that fewest questions are answered. Two things are finer here: questions of the same margin are answered together
     * or not at all, and the threshold lies in the middle between two margins, so that rounding does not decide.
     *
     * @param questions at least one
     */
    static double tune(List<Question> questions) {
        List<Question> sorted = questions.stream()
                .filter(question -> Double.isFinite(question.margin()))
                .sorted(Comparator.comparingDouble(Question::margin))
                .toList();
        if (sorted.isEmpty()) {
            return 0;
        }
        double best = sorted.get(0).margin() - BEYOND;
        double bestScore = 0;
        double score = 0;
        for (int i = 0; i < sorted.size(); i++) {
            double margin = sorted.get(i).margin();
            double next = i + 1 < sorted.size() ? sorted.get(i + 1).margin() : margin + 2 * BEYOND;
            score += sorted.get(i).gain();
            if (next > margin + EQUAL && score > bestScore) {
                best = margin + (next - margin) / 2;
                bestScore = score;
            }
        }
        return best;
    }
}
