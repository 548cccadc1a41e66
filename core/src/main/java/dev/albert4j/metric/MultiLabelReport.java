package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Precision, recall and F1 of each label where a text has any number of them, as scikit-learn's {@code classification_report}
 * counts multi-label data: micro and macro averages, and the part of the texts whose labels are all right. Immutable.
 */
public final class MultiLabelReport {
    private static final String ROW = "%9.4f %9.4f %9.4f %9d%n";

    private final List<String> labels;
    private final long[] hits; // [C], predicted and expected
    private final long[] predictions; // [C]
    private final long[] supports; // [C]
    private final int numExact;
    private final int numExamples;

    private MultiLabelReport(
            List<String> labels, long[] hits, long[] predictions, long[] supports, int numExact, int numExamples) {
        this.labels = List.copyOf(labels);
        this.hits = hits;
        this.predictions = predictions;
        this.supports = supports;
        this.numExact = numExact;
        this.numExamples = numExamples;
    }

    /**
     * Compares predictions with what was expected.
     *
     * @param labels names, C
     * @param expected for each text, whether it has each label, [C]
     * @param predicted the same of the predictions
     * @throws IllegalArgumentException if there are none, or not as many on both sides
     */
    public static MultiLabelReport of(List<String> labels, List<boolean[]> expected, List<boolean[]> predicted) {
        if (expected.size() != predicted.size() || expected.isEmpty()) {
            throw new IllegalArgumentException(
                    expected.size() + " expected and " + predicted.size() + " predicted texts cannot be compared");
        }
        long[] hits = new long[labels.size()];
        long[] predictions = new long[labels.size()];
        long[] supports = new long[labels.size()];
        int exact = 0;
        for (int i = 0; i < expected.size(); i++) {
            boolean same = true;
            for (int c = 0; c < labels.size(); c++) {
                boolean is = expected.get(i)[c];
                boolean said = predicted.get(i)[c];
                hits[c] += is && said ? 1 : 0;
                predictions[c] += said ? 1 : 0;
                supports[c] += is ? 1 : 0;
                same &= is == said;
            }
            exact += same ? 1 : 0;
        }
        return new MultiLabelReport(labels, hits, predictions, supports, exact, expected.size());
    }

    private static double ratio(double numerator, double denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** F1 over all labels' counts together. */
    public double microF1() {
        return ratio(2.0 * sum(hits), sum(predictions) + sum(supports));
    }

    /** Mean F1 of the labels, each counted alike. */
    public double macroF1() {
        double sum = 0;
        for (int c = 0; c < labels.size(); c++) {
            sum += ratio(2.0 * hits[c], predictions[c] + supports[c]);
        }
        return ratio(sum, labels.size());
    }

    /** The part of the texts with exactly the expected labels. */
    public double exactMatch() {
        return ratio(numExact, numExamples);
    }

    /** The same as a report. */
    public Report toReport() {
        int width = Math.max(12, labels.stream().mapToInt(String::length).max().orElse(0));
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%" + width + "s  precision    recall  f1-score   support%n%n", ""));
        ObjectNode json = new ObjectMapper().createObjectNode();
        ObjectNode classes = json.putObject("classes");
        List<double[]> scores = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            double precision = ratio(hits[c], predictions[c]);
            double recall = ratio(hits[c], supports[c]);
            double f1 = ratio(2.0 * hits[c], predictions[c] + supports[c]);
            scores.add(new double[] {precision, recall, f1});
            text.append(String.format(
                    Locale.ROOT, "%" + width + "s  " + ROW, labels.get(c), precision, recall, f1, supports[c]));
            classes.putObject(labels.get(c))
                    .put("precision", precision)
                    .put("recall", recall)
                    .put("f1-score", f1)
                    .put("support", supports[c]);
        }
        double microPrecision = ratio(sum(hits), sum(predictions));
        double microRecall = ratio(sum(hits), sum(supports));
        text.append(String.format(
                Locale.ROOT,
                "%n%" + width + "s  " + ROW,
                "micro avg",
                microPrecision,
                microRecall,
                microF1(),
                sum(supports)));
        double macroPrecision = scores.stream().mapToDouble(s -> s[0]).average().orElse(0);
        double macroRecall = scores.stream().mapToDouble(s -> s[1]).average().orElse(0);
        text.append(String.format(
                Locale.ROOT,
                "%" + width + "s  " + ROW,
                "macro avg",
                macroPrecision,
                macroRecall,
                macroF1(),
                sum(supports)));
        text.append(String.format(
                Locale.ROOT, "%" + width + "s  %9s %9s %9.4f %9d%n", "exact match", "", "", exactMatch(), numExamples));
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("micro_f1", microF1());
        metrics.put("macro_f1", macroF1());
        metrics.put("exact_match", exactMatch());
        metrics.forEach(json::put);
        json.put("micro_precision", microPrecision).put("micro_recall", microRecall);
        json.put("macro_precision", macroPrecision).put("macro_recall", macroRecall);
        json.put("support", numExamples);
        return new Report(metrics, text.toString(), json);
    }
}
