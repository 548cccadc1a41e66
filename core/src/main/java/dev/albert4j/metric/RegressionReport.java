package dev.albert4j.metric;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How predicted numbers agree with expected ones: Pearson's and Spearman's correlation (equal values share their mean rank), as
 * {@code scipy.stats} computes them, and the mean squared and absolute errors. A correlation is 0 where one side is constant.
 *
 * @param pearson correlation of the values, -1 to 1
 * @param spearman correlation of the ranks, -1 to 1
 * @param meanSquaredError in squared units of the labels
 * @param meanAbsoluteError in units of the labels
 * @param numExamples how many were compared
 */
public record RegressionReport(
        double pearson, double spearman, double meanSquaredError, double meanAbsoluteError, int numExamples) {
    /**
     * Compares numbers.
     *
     * @throws IllegalArgumentException if there are none, or not as many on both sides
     */
    public static RegressionReport of(double[] expected, double[] predicted) {
        if (expected.length != predicted.length || expected.length == 0) {
            throw new IllegalArgumentException(
                    expected.length + " expected and " + predicted.length + " predicted numbers cannot be compared");
        }
        double squares = 0;
        double absolutes = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = predicted[i] - expected[i];
            squares += error * error;
            absolutes += Math.abs(error);
        }
        return new RegressionReport(
                Correlation.pearson(expected, predicted),
                Correlation.spearman(expected, predicted),
                squares / expected.length,
                absolutes / expected.length,
                expected.length);
    }

    /** The same as a report. */
    public Report toReport() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("pearson", pearson);
        metrics.put("spearman", spearman);
        metrics.put("mean_squared_error", meanSquaredError);
        metrics.put("mean_absolute_error", meanAbsoluteError);
        return Report.of(metrics, numExamples);
    }
}
