package dev.albert4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same run several times, with other seeds or on other folds of the data: how much of a figure is luck.
 *
 * @param what differs: {@code seed} or {@code fold}
 * @param numbers of the runs, none twice
 */
record RepeatedRuns(String what, List<Long> numbers) {
    private static final int FIRST_COLUMN = 12;
    private static final int MIN_COLUMN = 10;

    /** One run. */
    @FunctionalInterface
    interface Run {
        /** @return the metrics of its best weights */
        Map<String, Double> run(long number) throws IOException;
    }

    /** @throws IllegalArgumentException if a number is there twice */
    RepeatedRuns {
        numbers = List.copyOf(numbers);
        if (new HashSet<>(numbers).size() < numbers.size()) {
            throw new IllegalArgumentException("--" + what + "s " + numbers + " has a " + what + " twice");
        }
    }

    /** Where the model of a run goes. */
    Path directory(Path output, long number) {
        return output.resolve(what + "-" + number);
    }

    /** Runs one after the other; gives a table of the metrics, with mean and standard deviation. */
    String table(Run run) throws IOException {
        List<Map<String, Double>> metrics = new ArrayList<>();
        for (long number : numbers) {
            System.err.println(what + " " + number);
            metrics.add(run.run(number));
        }
        return table(metrics);
    }

    String table(List<Map<String, Double>> metrics) {
        List<String> names = List.copyOf(metrics.get(0).keySet());
        StringBuilder table = new StringBuilder(cell(what));
        names.forEach(name -> table.append(String.format(Locale.ROOT, "  %" + width(name) + "s", name)));
        table.append('\n');
        for (int i = 0; i < numbers.size(); i++) {
            Map<String, Double> row = metrics.get(i);
            table.append(cell(Long.toString(numbers.get(i))));
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
