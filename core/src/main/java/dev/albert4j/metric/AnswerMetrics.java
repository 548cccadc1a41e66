package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Exact match and F1 of answers to questions, 0 to 1 (the scripts print percents), means over all questions. Immutable and
 * thread-safe.
 */
public final class AnswerMetrics {
    private final AnswerScript script;
    private final Counts answerable;
    private final Counts unanswerable;

    private record Counts(int questions, int exact, double f1) {
        static final Counts NONE = new Counts(0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(questions + other.questions, exact + other.exact, f1 + other.f1);
        }

        double exactMatch() {
            return questions == 0 ? 0 : (double) exact / questions;
        }

        double meanF1() {
            return questions == 0 ? 0 : f1 / questions;
        }
    }

    private AnswerMetrics(AnswerScript script, Counts answerable, Counts unanswerable) {
        this.script = script;
        this.answerable = answerable;
        this.unanswerable = unanswerable;
    }

    /**
     * Compares answers with the right ones.
     *
     * @param predictions one a question; empty where the model found none
     * @param answers the right answers to each question; none where the text holds no answer
     * @throws IllegalArgumentException if there is no question, or the numbers differ
     */
    public static AnswerMetrics of(AnswerScript script, List<String> predictions, List<List<String>> answers) {
        if (predictions.size() != answers.size() || predictions.isEmpty()) {
            throw new IllegalArgumentException(predictions.size()
                    + " predictions cannot be compared with the answers to " + answers.size() + " questions");
        }
        Counts answerable = Counts.NONE;
        Counts unanswerable = Counts.NONE;
        for (int i = 0; i < predictions.size(); i++) {
            List<String> right = answers.get(i);
            Counts one = new Counts(
                    1, script.isExact(predictions.get(i), right) ? 1 : 0, script.f1(predictions.get(i), right));
            answerable = right.isEmpty() ? answerable : answerable.plus(one);
            unanswerable = right.isEmpty() ? unanswerable.plus(one) : unanswerable;
        }
        return new AnswerMetrics(script, answerable, unanswerable);
    }

    /** Whose way of counting. */
    public AnswerScript script() {
        return script;
    }

    /** The part of the questions answered exactly. */
    public double exactMatch() {
        return all().exactMatch();
    }

    /** The mean F1. */
    public double f1() {
        return all().meanF1();
    }

    /** How many questions there were. */
    public int numQuestions() {
        return all().questions();
    }

    private Counts all() {
        return answerable.plus(unanswerable);
    }

    /** The same as a report: F1, then exact match. */
    public Report toReport() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", f1());
        metrics.put("exact_match", exactMatch());
        return new Report(metrics, toText(), toJson());
    }

    private String toText() {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT, "%22s  %9s %11s %9s%n", "answers as " + script, "f1", "exact match", "questions"));
        row(out, "all", all());
        if (unanswerable.questions() > 0) {
            row(out, "answer in the text", answerable);
            row(out, "no answer in the text", unanswerable);
        }
        return out.toString();
    }

    private static void row(StringBuilder out, String name, Counts counts) {
        out.append(String.format(
                Locale.ROOT,
                "%22s  %9.4f %11.4f %9d%n",
                name,
                counts.meanF1(),
                counts.exactMatch(),
                counts.questions()));
    }

    private ObjectNode toJson() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("script", script.name().toLowerCase(Locale.ROOT));
        put(root, all());
        if (unanswerable.questions() > 0) {
            put(root.putObject("has_answer"), answerable);
            put(root.putObject("no_answer"), unanswerable);
        }
        return root;
    }

    private static void put(ObjectNode node, Counts counts) {
        node.put("f1", counts.meanF1()).put("exact_match", counts.exactMatch()).put("questions", counts.questions());
    }
}
