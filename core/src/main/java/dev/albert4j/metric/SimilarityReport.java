package dev.albert4j.metric;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well similarities go along with what people gave: correlations alone, as both may be on different scales. A correlation is 0
 * where one side is constant. Immutable.
 *
 * @param spearman correlation of the ranks, -1 to 1
 * @param pearson correlation of the values, -1 to 1
 * @param numPairs how many were compared
 */
public record SimilarityReport(double spearman, double pearson, int numPairs) {
    /**
     * Compares numbers.
     *
     * @throws IllegalArgumentException if there are none, or not as many on both sides
     */
    public static SimilarityReport of(double[] expected, double[] predicted) {
        if (expected.length != predicted.length || expected.length == 0) {
            throw new IllegalArgumentException(
                    expected.length + " expected and " + predicted.length + " predicted numbers cannot be compared");
        }
        return new SimilarityReport(
                Correlation.spearman(expected, predicted), Correlation.pearson(expected, predicted), expected.length);
    }

    /** The same as a report: {@code spearman}, {@code pearson}. */
    public Report toReport() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("spearman", spearman);
        metrics.put("pearson", pearson);
        return Report.of(metrics, numPairs);
    }
}
