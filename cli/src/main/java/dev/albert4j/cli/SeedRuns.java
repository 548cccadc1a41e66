package dev.albert4j.cli;

import dev.albert4j.metric.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The same run with several seeds: how much of a figure is luck. */
final class SeedRuns {
    private static final int FIRST_COLUMN = 12;
    private static final int MIN_COLUMN = 10;

    private SeedRuns() {}

    /** One run. */
    @FunctionalInterface
    interface Run {
        /** @return the report of its best weights */
        @Nullable
        Report run(long seed) throws IOException;
    }

    /** Where the model of a seed goes. */
    static Path directory(Path output, long seed) {
        return output.resolve("seed-" + seed);
    }

    /**
     * Runs with one seed after the other.
     *
     * @return a table of the metrics, with mean and standard deviation
     * @throws IllegalArgumentException if a seed is there twice
     */
    static String of(List<Long> seeds, Run run) throws IOException {
        if (new HashSet<>(seeds).size() < seeds.size()) {
            throw new IllegalArgumentException("--seeds " + seeds + " has a seed twice");
        }
        List<Map<String, Double>> metrics = new ArrayList<>();
        for (long seed : seeds) {
            System.err.println("seed " + seed);
            Report report = run.run(seed);
            if (report == null) {
                throw new IllegalStateException("the run with seed " + seed + " was not evaluated");
            }
            metrics.add(report.metrics());
        }
        return table(seeds, metrics);
    }

    static String table(List<Long> seeds, List<Map<String, Double>> metrics) {
        List<String> names = List.copyOf(metrics.get(0).keySet());
        StringBuilder table = new StringBuilder(cell("seed"));
        names.forEach(name -> table.append(String.format(Locale.ROOT, "  %" + width(name) + "s", name)));
        table.append('\n');
        for (int i = 0; i < seeds.size(); i++) {
            Map<String, Double> row = metrics.get(i);
            table.append(cell(Long.toString(seeds.get(i))));
            names.forEach(name -> table.append(number(name, row.getOrDefault(name, Double.NaN))));
            table.append('\n');
        }
        StringBuilder deviations = new StringBuilder(cell("deviation"));
        table.append(cell("mean"));
        for (String name : names) {
            double[] values = metrics.stream()
                    .mapToDouble(row -> row.getOrDefault(name, Double.NaN))
                    .toArray();
            double mean = mean(values);
            table.append(number(name, mean));
            deviations.append(number(name, deviation(values, mean)));
        }
        return table.append('\n').append(deviations).append('\n').toString();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Of a sample: divided by n − 1; that of a single value is 0. */
    private static double deviation(double[] values, double mean) {
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / Math.max(1, values.length - 1));
    }

    private static String cell(String text) {
        return String.format(Locale.ROOT, "%-" + FIRST_COLUMN + "s", text);
    }

    private static int width(String name) {
        return Math.max(MIN_COLUMN, name.length());
    }

    private static String number(String name, double value) {
        return String.format(Locale.ROOT, "  %" + width(name) + ".4f", value);
    }
}
