package dev.albert4j.data;

import java.util.List;

/**
 * A question with several options, one of which is right. Immutable.
 *
 * @param context the text the question is about; may be empty
 * @param question the question; may be empty where the options continue the text
 * @param choices the options, two at least
 * @param answer index of the right one
 * @param number the line it stands on, or where it stands among the questions of its file, from 1
 */
public record ChoiceQuestion(String context, String question, List<String> choices, int answer, long number) {
    /** @throws IllegalArgumentException if there are fewer than two options, one is empty, or the answer is none of them */
    public ChoiceQuestion {
        choices = List.copyOf(choices);
        if (choices.size() < 2) {
            throw new IllegalArgumentException(choices.size() + " options, at least 2 are needed");
        }
        for (int i = 0; i < choices.size(); i++) {
            if (choices.get(i).isBlank()) {
                throw new IllegalArgumentException("option " + i + " is empty");
            }
        }
        if (answer < 0 || answer >= choices.size()) {
            throw new IllegalArgumentException(
                    "the answer " + answer + " is none of the options 0 to " + (choices.size() - 1));
        }
        if (context.isBlank() && question.isBlank()) {
            throw new IllegalArgumentException("neither a text nor a question");
        }
    }
}
