package dev.albert4j.checks;

import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Measures how fast one thread tokenizes a text file line by line, from string to {@link Encoding}. Prints one JSON line; a
 * megabyte is 10^6 bytes of UTF-8.
 *
 * <p>Arguments: the tokenizer's directory or file, and a text file, gzipped if its name ends in {@code .gz}.
 */
public final class TokenizerBenchmark {
    private static final int WARM_UP_RUNS = 5;
    private static final int RUNS = 7;

    private TokenizerBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("got " + arguments.length + " arguments; expected TOKENIZER TEXT_FILE");
        }
        Tokenizer tokenizer = Tokenizer.load(Path.of(arguments[0]));
        List<String> lines = lines(Path.of(arguments[1]));
        double megabytes = lines.stream()
                        .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                / 1e6;
        long tokens = 0;
        double[] rates = new double[RUNS]; // MB/s
        for (int run = -WARM_UP_RUNS; run < RUNS; run++) {
            long start = System.nanoTime();
            tokens = run(tokenizer, lines);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (run >= 0) {
                rates[run] = megabytes / seconds;
            }
        }
        Arrays.sort(rates);
        System.out.printf(
                Locale.ROOT,
                "{\"lines\":%d,\"megabytes\":%.1f,\"tokens\":%d,\"mb_per_s\":%.1f,\"min\":%.1f,\"max\":%.1f,\"java\":\"%s\"}%n",
                lines.size(),
                megabytes,
                tokens,
                rates[RUNS / 2],
                rates[0],
                rates[RUNS - 1],
                System.getProperty("java.version"));
    }

    private static long run(Tokenizer tokenizer, List<String> lines) {
        long tokens = 0;
        for (String line : lines) {
            tokens += tokenizer.encode(line).length();
        }
        return tokens;
    }

    private static List<String> lines(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }
}
