package dev.albert4j.metric;

import java.util.Collection;
import java.util.List;

/** Whose way of comparing an answer with the right ones is followed. */
public enum AnswerScript {
    /**
     * The evaluation script of SQuAD 1.1 (Rajpurkar et al. 2016): lower case, without ASCII punctuation and the articles a, an, the;
     * F1 over the words two answers share. Meant for English.
     */
    SQUAD {
        @Override
        boolean isExact(String prediction, String answer) {
            return SquadWords.normalize(prediction).equals(SquadWords.normalize(answer));
        }

        @Override
        double f1(String prediction, String answer) {
            return SquadWords.f1(prediction, answer);
        }
    },
    /**
     * The evaluation script of CMRC 2018 (Cui et al. 2019): lower case, without most punctuation; F1 over the longest run that two
     * answers share, of Chinese characters and English words. Meant for Chinese.
     */
    CMRC {
        @Override
        boolean isExact(String prediction, String answer) {
            return CmrcSegments.plain(prediction).equals(CmrcSegments.plain(answer));
        }

        @Override
        double f1(String prediction, String answer) {
            return CmrcSegments.f1(prediction, answer);
        }
    };

    /** The script for the language of these answers: {@link #CMRC} if half of them or more hold a Chinese character. */
    public static AnswerScript fitting(Collection<String> answers) {
        long chinese = answers.stream()
                .filter(answer -> answer.codePoints().anyMatch(Character::isIdeographic))
                .count();
        return !answers.isEmpty() && chinese * 2 >= answers.size() ? CMRC : SQUAD;
    }

    abstract boolean isExact(String prediction, String answer);

    abstract double f1(String prediction, String answer);

    /**
     * Whether a prediction is one of the right answers.
     *
     * @param answers the right answers; if there are none, no answer (an empty one) is right, as in the script of SQuAD 2
     */
    public boolean isExact(String prediction, List<String> answers) {
        return answers.isEmpty()
                ? isExact(prediction, "")
                : answers.stream().anyMatch(answer -> isExact(prediction, answer));
    }

    /** How much of the best fitting right answer a prediction hits, 0 to 1; {@code answers} as in {@link #isExact}. */
    public double f1(String prediction, List<String> answers) {
        if (answers.isEmpty()) {
            return isExact(prediction, "") ? 1 : 0;
        }
        return answers.stream()
                .mapToDouble(answer -> f1(prediction, answer))
                .max()
                .orElse(0);
    }

    /** The harmonic mean of the parts of two answers that are common; 0 if nothing is. */
    static double f1(int common, int predicted, int expected) {
        if (common == 0) {
            return 0;
        }
        double precision = (double) common / predicted;
        double recall = (double) common / expected;
        return 2 * precision * recall / (precision + recall);
    }
}
