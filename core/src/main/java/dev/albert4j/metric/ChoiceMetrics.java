package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/**
 * How many questions with several options were answered rightly. Immutable and thread-safe.
 *
 * @param numQuestions how many there were
 * @param numRight how many were answered rightly
 * @param chance the part that guessing would get right, 0 to 1
 */
public record ChoiceMetrics(int numQuestions, int numRight, double chance) {
    /**
     * Compares choices with the right ones.
     *
     * @param expected index of the right option of each question
     * @param predicted index of the chosen one
     * @param numChoices how many options each question has
     * @throws IllegalArgumentException if there is no question, or the numbers differ
     */
    public static ChoiceMetrics of(int[] expected, int[] predicted, int[] numChoices) {
        if (expected.length != predicted.length || expected.length != numChoices.length || expected.length == 0) {
            throw new IllegalArgumentException(expected.length + " expected choices, " + predicted.length
                    + " predicted ones of " + numChoices.length + " questions cannot be compared");
        }
        int right = 0;
        double chance = 0;
        for (int i = 0; i < expected.length; i++) {
            right += expected[i] == predicted[i] ? 1 : 0;
            chance += 1.0 / numChoices[i];
        }
        return new ChoiceMetrics(expected.length, right, chance / expected.length);
    }

    /** The part answered rightly. */
    public double accuracy() {
        return (double) numRight / numQuestions;
    }

    /** The same as a report: accuracy. */
    public Report toReport() {
        String text = String.format(
                Locale.ROOT,
                "%12s  %9.4f  (%d of %d questions; by chance %.4f)%n",
                "accuracy",
                accuracy(),
                numRight,
                numQuestions,
                chance);
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("accuracy", accuracy())
                .put("right", numRight)
                .put("questions", numQuestions)
                .put("chance", chance);
        return new Report(Map.of("accuracy", accuracy()), text, json);
    }
}
