package dev.albert4j.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Correlations of two lists of numbers of the same length, as scipy computes them; 0 where one side is constant. */
final class Correlation {
    private Correlation() {}

    /** Of the values, -1 to 1. */
    static double pearson(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
    }

    /** Of the ranks, -1 to 1; equal values share the mean of their ranks. */
    static double spearman(double[] x, double[] y) {
        return pearson(ranks(x), ranks(y));
    }

    private static double[] ranks(double[] values) {
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] ranks = new double[values.length];
        int begin = 0;
        while (begin < order.length) {
            int end = begin;
            while (end < order.length && values[order[end]] == values[order[begin]]) {
                end++;
            }
            for (int i = begin; i < end; i++) {
                ranks[order[i]] = (begin + end - 1) / 2.0;
            }
            begin = end;
        }
        return ranks;
    }
}
