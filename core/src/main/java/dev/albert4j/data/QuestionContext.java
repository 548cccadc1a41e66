package dev.albert4j.data;

import java.util.List;

/**
 * A question, the text that should answer it, and the answers people gave. Immutable.
 *
 * @param id its name in the file
 * @param question the question
 * @param context the text
 * @param answers what counts as right; empty if the text holds no answer (SQuAD 2)
 * @param number where it stands among the questions of its file, from 1
 */
public record QuestionContext(String id, String question, String context, List<Answer> answers, long number) {
    /**
     * An answer.
     *
     * @param text the answer
     * @param begin where it stands in the context, in UTF-16 units; −1 if it is worded freely and stands nowhere: such an answer
     *     counts in an evaluation, and nothing can be trained on it
     */
    public record Answer(String text, int begin) {
        /** Whether it is a part of the context. */
        public boolean isSpan() {
            return begin >= 0;
        }

        /** Where it ends in the context, exclusive. */
        public int end() {
            return begin + text.length();
        }
    }

    /** @throws IllegalArgumentException if an answer does not stand where it is said to */
    public QuestionContext {
        answers = List.copyOf(answers);
        for (Answer answer : answers) {
            if (answer.isSpan() && !context.startsWith(answer.text(), answer.begin()) || answer.begin() < -1) {
                throw new IllegalArgumentException(
                        "question " + id + ": the answer is not at " + answer.begin() + " of the context");
            }
        }
    }

    /** The texts of the answers. */
    public List<String> answerTexts() {
        return answers.stream().map(Answer::text).toList();
    }
}
