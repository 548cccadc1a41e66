package dev.albert4j.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the best answers among all windows of a context: the sum of the start logit of its first token and the end logit of its last
 * one is an answer's score, that of [CLS] the score of "no answer", of which the least of all windows counts (Devlin et al. 2019,
 * section 4.3; Hugging Face's {@code postprocess_qa_predictions}, which only tries the 20 best starts and ends). Used by one thread.
 */
final class AnswerSearch {
    private record Candidate(int begin, int end, double score) {}

    private final AnswerOptions options;
    private final List<Candidate> best = new ArrayList<>(); // best first, no part of the context twice
    private double noAnswer = Double.POSITIVE_INFINITY;

    AnswerSearch(AnswerOptions options) {
        this.options = options;
    }

    /** @param logits of starts and ends, [T, 2] */
    void add(AnswerWindow window, double[][] logits) {
        noAnswer = Math.min(noAnswer, logits[0][0] + logits[0][1]);
        for (int first = window.contextBegin(); first < window.contextEnd(); first++) {
            int end = (int) Math.min(window.contextEnd(), (long) first + options.maxAnswerTokens());
            for (int last = first; last < end; last++) {
                double score = logits[first][0] + logits[last][1];
                if (best.size() < options.numBest()
                        || score > best.get(best.size() - 1).score()) {
                    offer(new Candidate(
                            window.encoding().begin(first), window.encoding().end(last), score));
                }
            }
        }
    }

    private void offer(Candidate candidate) {
        if (candidate.begin() >= candidate.end()) {
            return; // tokens of one character, in a wrong order
        }
        int place = best.size();
        for (int i = best.size() - 1; i >= 0; i--) {
            Candidate other = best.get(i);
            boolean better = candidate.score() > other.score();
            if (other.begin() == candidate.begin() && other.end() == candidate.end()) {
                if (!better) {
                    return;
                }
                best.remove(i);
                place--;
            }
            place = better ? Math.min(place, i) : place;
        }
        best.add(place, candidate);
        if (best.size() > options.numBest()) {
            best.remove(best.size() - 1);
        }
    }

    /** The answers in the windows so far, at least one. */
    Answers answers(String context) {
        double max = best.stream().mapToDouble(Candidate::score).max().orElse(noAnswer);
        double top = Math.max(max, noAnswer);
        double sum = Math.exp(noAnswer - top)
                + best.stream().mapToDouble(c -> Math.exp(c.score() - top)).sum();
        List<Answer> answers = best.stream()
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .map(c -> new Answer(
                        context.substring(c.begin(), c.end()), c.begin(), c.end(), Math.exp(c.score() - top) / sum))
                .toList();
        double margin = answers.isEmpty() ? Double.POSITIVE_INFINITY : noAnswer - max;
        return new Answers(answers, Math.exp(noAnswer - top) / sum, margin, false).at(options.noAnswerThreshold());
    }
}
