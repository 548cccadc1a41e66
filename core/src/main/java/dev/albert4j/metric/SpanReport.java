package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.data.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Precision, recall and F1 of spans, as {@code conlleval} and seqeval's default mode count them: a predicted span is right if one
 * of the same type, begin and end was expected in its text; a ratio without a denominator is 0. Immutable and thread-safe.
 */
public final class SpanReport {
    private final List<Score> types;
    private final Score micro;
    private final Score macro;
    private final Score weighted;

    /**
     * The scores of a type, or an average of them.
     *
     * @param name the type
     * @param precision of the predicted spans, the part that is right
     * @param recall of the expected spans, the part that was found
     * @param f1 their harmonic mean
     * @param support how many spans were expected
     */
    public record Score(String name, double precision, double recall, double f1, int support) {}

    private static final class Counts {
        private int expected;
        private int predicted;
        private int right;

        private Score score(String name) {
            return new Score(
                    name,
                    ratio(right, predicted),
                    ratio(right, expected),
                    ratio(2.0 * right, (double) predicted + expected),
                    expected);
        }
    }

    private SpanReport(Map<String, Counts> byType) {
        List<Score> scores = new ArrayList<>();
        Counts all = new Counts();
        byType.forEach((type, counts) -> {
            scores.add(counts.score(type));
            all.expected += counts.expected;
            all.predicted += counts.predicted;
            all.right += counts.right;
        });
        this.types = List.copyOf(scores);
        this.micro = all.score("micro avg");
        this.macro = average("macro avg", scores, false, all.expected);
        this.weighted = average("weighted avg", scores, true, all.expected);
    }

    /**
     * Compares predictions with what was expected.
     *
     * @param expected the spans of each text
     * @param predicted the spans found in each text; a span that is there twice counts once
     * @throws IllegalArgumentException if there is no text, or numbers differ
     */
    public static SpanReport of(List<List<Span>> expected, List<List<Span>> predicted) {
        if (expected.size() != predicted.size() || expected.isEmpty()) {
            throw new IllegalArgumentException(
                    expected.size() + " expected and " + predicted.size() + " predicted texts cannot be compared");
        }
        Map<String, Counts> byType = new TreeMap<>();
        for (int i = 0; i < expected.size(); i++) {
            Set<Span> wanted = new HashSet<>(expected.get(i));
            Set<Span> found = new HashSet<>(predicted.get(i));
            for (Span span : wanted) {
                byType.computeIfAbsent(span.type(), type -> new Counts()).expected++;
            }
            for (Span span : found) {
                Counts counts = byType.computeIfAbsent(span.type(), type -> new Counts());
                counts.predicted++;
                counts.right += wanted.contains(span) ? 1 : 0;
            }
        }
        return new SpanReport(byType);
    }

    private static double ratio(double numerator, double denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }

    private static Score average(String name, List<Score> scores, boolean bySupport, int support) {
        double precision = 0;
        double recall = 0;
        double f1 = 0;
        for (Score score : scores) {
            double weight = bySupport ? score.support() : 1;
            precision += weight * score.precision();
            recall += weight * score.recall();
            f1 += weight * score.f1();
        }
        double total = bySupport ? support : scores.size();
        return new Score(name, ratio(precision, total), ratio(recall, total), ratio(f1, total), support);
    }

    /** The scores of every type expected or predicted, by name. */
    public List<Score> types() {
        return types;
    }

    /** Of all spans together. */
    public Score micro() {
        return micro;
    }

    /** The mean of the types, each counted alike. */
    public Score macro() {
        return macro;
    }

    /** The mean of the types, each counted by its support. */
    public Score weighted() {
        return weighted;
    }

    /** The same as a report: micro F1 first. */
    public Report toReport() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("micro_f1", micro.f1());
        metrics.put("micro_precision", micro.precision());
        metrics.put("micro_recall", micro.recall());
        metrics.put("macro_f1", macro.f1());
        metrics.put("weighted_f1", weighted.f1());
        return new Report(metrics, toText(), toJson());
    }

    /** The table practitioners know. */
    public String toText() {
        int width = Math.max(
                12, types.stream().mapToInt(type -> type.name().length()).max().orElse(0));
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%" + width + "s  precision    recall  f1-score   support%n%n", ""));
        types.forEach(type -> row(out, width, type));
        out.append(System.lineSeparator());
        row(out, width, micro);
        row(out, width, macro);
        row(out, width, weighted);
        return out.toString();
    }

    private static void row(StringBuilder out, int width, Score score) {
        out.append(String.format(
                Locale.ROOT,
                "%" + width + "s  %9.4f %9.4f %9.4f %9d%n",
                score.name(),
                score.precision(),
                score.recall(),
                score.f1(),
                score.support()));
    }

    /** The same figures as JSON, named as seqeval's {@code output_dict}, the types under {@code classes}. */
    public ObjectNode toJson() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        for (Score average : List.of(micro, macro, weighted)) {
            put(root.putObject(average.name()), average);
        }
        ObjectNode classes = root.putObject("classes");
        types.forEach(type -> put(classes.putObject(type.name()), type));
        return root;
    }

    private static void put(ObjectNode node, Score score) {
        node.put("precision", score.precision())
                .put("recall", score.recall())
                .put("f1-score", score.f1())
                .put("support", score.support());
    }
}
