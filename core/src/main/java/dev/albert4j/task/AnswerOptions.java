package dev.albert4j.task;

import org.jspecify.annotations.Nullable;

/**
 * How answers are looked for.
 *
 * @param maxLength most tokens the model reads at once, 16 at least; a longer context is read in windows
 * @param stride tokens of the context that two windows share, up to half of {@code maxLength}
 * @param maxAnswerTokens most tokens of an answer
 * @param numBest how many answers to give, 1 to 1000
 * @param noAnswerThreshold there is no answer if "no answer" leads by more than this, in logits; null for the model's own
 *     ({@code no_answer_threshold} of its configuration), or if it has none, for an answer always
 */
public record AnswerOptions(
        int maxLength,
        int stride,
        int maxAnswerTokens,
        int numBest,
        @Nullable Double noAnswerThreshold) {
    /** As Hugging Face's {@code run_qa.py}: 384 tokens, 128 shared, answers up to 30 tokens, the best 20, the model's threshold. */
    public static final AnswerOptions DEFAULT = new AnswerOptions(384, 128, 30, 20, null);

    /** @throws IllegalArgumentException naming the value that is out of its range */
    public AnswerOptions {
        checkLengths(maxLength, stride);
        if (maxAnswerTokens < 1) {
            throw new IllegalArgumentException("maxAnswerTokens " + maxAnswerTokens + " is not positive");
        }
        if (numBest < 1 || numBest > 1000) {
            throw new IllegalArgumentException("numBest " + numBest + " is not between 1 and 1000");
        }
        if (noAnswerThreshold != null && noAnswerThreshold.isNaN()) {
            throw new IllegalArgumentException("noAnswerThreshold is not a number");
        }
    }

    static void checkLengths(int maxLength, int stride) {
        if (maxLength < 16) {
            throw new IllegalArgumentException("maxLength " + maxLength + " is below 16");
        }
        if (stride < 0 || stride > maxLength / 2) {
            throw new IllegalArgumentException(
                    "stride " + stride + " is not between 0 and half of maxLength " + maxLength);
        }
    }

    /** These options with another length and stride. */
    public AnswerOptions withLength(int maxLength, int stride) {
        return new AnswerOptions(maxLength, stride, maxAnswerTokens, numBest, noAnswerThreshold);
    }

    /** These options with another length of answers. */
    public AnswerOptions withMaxAnswerTokens(int maxAnswerTokens) {
        return new AnswerOptions(maxLength, stride, maxAnswerTokens, numBest, noAnswerThreshold);
    }

    /** These options with another number of answers. */
    public AnswerOptions withNumBest(int numBest) {
        return new AnswerOptions(maxLength, stride, maxAnswerTokens, numBest, noAnswerThreshold);
    }

    /** These options with a threshold, or with none. */
    public AnswerOptions withNoAnswerThreshold(@Nullable Double noAnswerThreshold) {
        return new AnswerOptions(maxLength, stride, maxAnswerTokens, numBest, noAnswerThreshold);
    }
}
