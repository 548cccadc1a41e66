package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Precision, recall and F1 of each class, their averages, accuracy and the confusion matrix, as scikit-learn's {@code
 * classification_report} counts them (a ratio without a denominator is 0). Immutable and thread-safe.
 */
public final class ClassificationReport {
    /** A matrix of more classes than these is no longer read: its greatest cells say more. */
    private static final int MAX_MATRIX = 24;

    private static final int MAX_PAIRS = 20;

    private final List<String> labels;
    private final List<ClassScore> classes;
    private final int[][] confusion; // [C, C]: rows expected, columns predicted
    private final int numExamples;

    /**
     * The scores of one class.
     *
     * @param label the class
     * @param precision of those predicted as the class, the part that is
     * @param recall of those that are of the class, the part predicted so
     * @param f1 their harmonic mean
     * @param support how many are of the class
     */
    public record ClassScore(String label, double precision, double recall, double f1, int support) {}

    /**
     * Two classes that are taken for each other.
     *
     * @param expected what it was
     * @param predicted what it was taken for
     * @param count how often
     * @param share which part of the examples of the expected class
     */
    public record Confused(String expected, String predicted, int count, double share) {}

    private ClassificationReport(List<String> labels, int[][] confusion, int numExamples) {
        this.labels = List.copyOf(labels);
        this.confusion = confusion;
        this.numExamples = numExamples;
        List<ClassScore> scores = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            int predicted = 0;
            int support = 0;
            for (int other = 0; other < labels.size(); other++) {
                predicted += confusion[other][c];
                support += confusion[c][other];
            }
            double precision = ratio(confusion[c][c], predicted);
            double recall = ratio(confusion[c][c], support);
            double f1 = ratio(2.0 * confusion[c][c], (double) predicted + support);
            scores.add(new ClassScore(labels.get(c), precision, recall, f1, support));
        }
        this.classes = List.copyOf(scores);
    }

    /**
     * Compares predictions with what was expected.
     *
     * @param labels the classes' names
     * @param expected class indices
     * @param predicted class indices, as many
     * @throws IllegalArgumentException if there are none, or numbers differ
     * @throws IndexOutOfBoundsException if an index is not that of a label
     */
    public static ClassificationReport of(List<String> labels, int[] expected, int[] predicted) {
        if (expected.length != predicted.length || expected.length == 0) {
            throw new IllegalArgumentException(
                    expected.length + " expected and " + predicted.length + " predicted classes cannot be compared");
        }
        int[][] confusion = new int[labels.size()][labels.size()];
        for (int i = 0; i < expected.length; i++) {
            confusion[expected[i]][predicted[i]]++;
        }
        return new ClassificationReport(labels, confusion, expected.length);
    }

    private static double ratio(double numerator, double denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }

    /** The scores, in the labels' order. */
    public List<ClassScore> classes() {
        return classes;
    }

    /** How often a class was predicted for examples of another, or of the same. */
    public int confusion(int expected, int predicted) {
        return confusion[expected][predicted];
    }

    /** The pairs of classes confused most often, at most twenty, the most frequent first. */
    public List<Confused> mostConfused() {
        List<Confused> pairs = new ArrayList<>();
        for (int expected = 0; expected < confusion.length; expected++) {
            for (int predicted = 0; predicted < confusion.length; predicted++) {
                int count = confusion[expected][predicted];
                if (expected != predicted && count > 0) {
                    double share = ratio(count, classes.get(expected).support());
                    pairs.add(new Confused(labels.get(expected), labels.get(predicted), count, share));
                }
            }
        }
        pairs.sort(Comparator.comparingInt(Confused::count)
                .thenComparingDouble(Confused::share)
                .reversed());
        return List.copyOf(pairs.subList(0, Math.min(MAX_PAIRS, pairs.size())));
    }

    /** The part predicted rightly. */
    public double accuracy() {
        int right = 0;
        for (int c = 0; c < confusion.length; c++) {
            right += confusion[c][c];
        }
        return ratio(right, numExamples);
    }

    /** Mean F1 of the classes, each counted alike. */
    public double macroF1() {
        return macro(ClassScore::f1);
    }

    private double macro(ToDoubleFunction<ClassScore> score) {
        return classes.stream().mapToDouble(score).average().orElse(0);
    }

    private double weighted(ToDoubleFunction<ClassScore> score) {
        return ratio(
                classes.stream()
                        .mapToDouble(c -> score.applyAsDouble(c) * c.support())
                        .sum(),
                numExamples);
    }

    /** The same as a report: macro F1, then accuracy. */
    public Report toReport() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("macro_f1", macroF1());
        metrics.put("accuracy", accuracy());
        return new Report(metrics, toText(), toJson());
    }

    /** The table practitioners know, and the confusion matrix below it; of many classes the most confused pairs. */
    public String toText() {
        int width = Math.max(12, labels.stream().mapToInt(String::length).max().orElse(0));
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%" + width + "s  precision    recall  f1-score   support%n%n", ""));
        for (ClassScore c : classes) {
            row(out, width, c.label(), c.precision(), c.recall(), c.f1(), c.support());
        }
        out.append(String.format(
                Locale.ROOT, "%n%" + width + "s  %9s %9s %9.4f %9d%n", "accuracy", "", "", accuracy(), numExamples));
        row(out, width, "macro avg", macro(ClassScore::precision), macro(ClassScore::recall), macroF1(), numExamples);
        row(
                out,
                width,
                "weighted avg",
                weighted(ClassScore::precision),
                weighted(ClassScore::recall),
                weighted(ClassScore::f1),
                numExamples);
        if (labels.size() > MAX_MATRIX) {
            appendConfused(out, width);
        } else {
            out.append(String.format("%nconfusion matrix (rows expected, columns predicted)%n"));
            appendConfusion(out, width);
        }
        return out.toString();
    }

    private static void row(
            StringBuilder out, int width, String name, double precision, double recall, double f1, int support) {
        out.append(String.format(
                Locale.ROOT, "%" + width + "s  %9.4f %9.4f %9.4f %9d%n", name, precision, recall, f1, support));
    }

    private void appendConfusion(StringBuilder out, int width) {
        int cell = Math.max(6, Integer.toString(numExamples).length() + 1);
        boolean numbered = labels.size() > 12 || labels.stream().anyMatch(label -> label.length() > 20);
        if (!numbered) {
            cell = Math.max(cell, labels.stream().mapToInt(String::length).max().orElse(0) + 2);
        }
        out.append(" ".repeat(width + 1));
        for (int c = 0; c < labels.size(); c++) {
            out.append(String.format("%" + cell + "s", numbered ? "#" + c : labels.get(c)));
        }
        out.append(System.lineSeparator());
        for (int c = 0; c < labels.size(); c++) {
            out.append(String.format("%" + width + "s ", numbered ? labels.get(c) + " #" + c : labels.get(c)));
            for (int predicted = 0; predicted < labels.size(); predicted++) {
                out.append(String.format("%" + cell + "d", confusion[c][predicted]));
            }
            out.append(System.lineSeparator());
        }
    }

    private void appendConfused(StringBuilder out, int width) {
        out.append(String.format("%nmost confused (expected, count, predicted)%n"));
        for (Confused pair : mostConfused()) {
            out.append(String.format("%" + width + "s %6d  %s%n", pair.expected(), pair.count(), pair.predicted()));
        }
    }

    /** The same figures as JSON, named as scikit-learn's {@code output_dict}. */
    public ObjectNode toJson() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("accuracy", accuracy());
        root.put("support", numExamples);
        average(root.putObject("macro avg"), macro(ClassScore::precision), macro(ClassScore::recall), macroF1());
        average(
                root.putObject("weighted avg"),
                weighted(ClassScore::precision),
                weighted(ClassScore::recall),
                weighted(ClassScore::f1));
        ObjectNode byClass = root.putObject("classes");
        for (ClassScore c : classes) {
            ObjectNode node = byClass.putObject(c.label());
            average(node, c.precision(), c.recall(), c.f1());
            node.put("support", c.support());
        }
        ObjectNode matrix = root.putObject("confusion_matrix");
        ArrayNode names = matrix.putArray("labels");
        labels.forEach(names::add);
        ArrayNode rows = matrix.putArray("rows_expected_columns_predicted");
        for (int[] row : confusion) {
            ArrayNode values = rows.addArray();
            for (int count : row) {
                values.add(count);
            }
        }
        ArrayNode pairs = root.putArray("most_confused");
        for (Confused pair : mostConfused()) {
            pairs.addObject()
                    .put("expected", pair.expected())
                    .put("predicted", pair.predicted())
                    .put("count", pair.count())
                    .put("share", pair.share());
        }
        return root;
    }

    private static void average(ObjectNode node, double precision, double recall, double f1) {
        node.put("precision", precision).put("recall", recall).put("f1-score", f1);
    }
}
