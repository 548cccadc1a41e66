package dev.albert4j.task;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The best answers to one question. Immutable.
 *
 * @param best parts of the context, best first; none only if the context holds no token
 * @param noAnswerScore the probability that the context holds no answer, against those of {@code best}
 * @param margin how much "no answer" leads over the best answer, in logits; above the threshold of {@link AnswerOptions}, there is no
 *     answer
 * @param answered whether the best answer passes the threshold
 */
public record Answers(List<Answer> best, double noAnswerScore, double margin, boolean answered) {
    /** @throws IllegalArgumentException if {@code answered} without an answer */
    public Answers {
        best = List.copyOf(best);
        if (answered && best.isEmpty()) {
            throw new IllegalArgumentException("answered, but there is no answer");
        }
    }

    /** The answer, unless there is none. */
    public Optional<Answer> answer() {
        return answered ? Optional.of(best.get(0)) : Optional.empty();
    }

    /** The same under another threshold; null if there always is an answer. */
    Answers at(@Nullable Double threshold) {
        boolean passes = !best.isEmpty() && (threshold == null || margin <= threshold);
        return new Answers(best, noAnswerScore, margin, passes);
    }
}
