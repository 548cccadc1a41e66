package dev.albert4j.checks;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.io.DataType;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.OutputStates;
import dev.albert4j.onednn.OneDnn;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What it takes to have a model at hand: {@code OpeningBenchmark MODEL THREADS cpu|int8} opens a model directory in a new process,
 * encodes {@value #NUM_TOKENS} tokens a hundred times, and prints one JSON line: milliseconds to an encoder, the first of the process, and
 * from there to the first answer, and by how many MB (of 2^20 bytes) the resident memory of the process has grown since {@code
 * main} began, now and at its highest; then milliseconds to a second encoder of the same model beside it, when nothing is
 * new to the virtual machine. {@code OpeningBenchmark write tiny|base MODEL} writes a model with random weights to open.
 * For Linux, whose {@code /proc} it reads.
 */
public final class OpeningBenchmark {
    private static final int NUM_TOKENS = 64;
    private static final int RUNS = 100;

    private OpeningBenchmark() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        if (args.length != 3) {
            throw new IllegalArgumentException(
                    "expected MODEL THREADS cpu|int8, or write tiny|base MODEL, but got " + Arrays.toString(args));
        }
        if (args[0].equals("write")) {
            ModelDirectory.save(
                    Path.of(args[2]), RandomModel.weights(RandomModel.named(args[1]), 1), null, null, DataType.F32);
        } else {
            out.println(measure(Path.of(args[0]), Integer.parseInt(args[1]), args[2]));
        }
    }

    private static String measure(Path directory, int numThreads, String engine) throws IOException {
        if (!engine.equals("cpu") && !engine.equals("int8")) {
            throw new IllegalArgumentException("engine " + engine + " is neither cpu nor int8");
        }
        long before = kilobytes("VmRSS");
        long start = System.nanoTime();
        CpuEncoder.warmUp();
        ModelDirectory model = ModelDirectory.open(directory);
        try (Encoder encoder = open(model, numThreads, engine)) {
            long opened = System.nanoTime();
            encoder.encode(RandomModel.batch(model.config(), 1, NUM_TOKENS), OutputStates.POOLED);
            long answered = System.nanoTime();
            for (int run = 0; run < RUNS; run++) {
                encoder.encode(RandomModel.batch(model.config(), run, NUM_TOKENS), OutputStates.POOLED);
            }
            double resident = (kilobytes("VmRSS") - before) / 1024.0;
            double highest = (kilobytes("VmHWM") - before) / 1024.0;
            return String.format(
                    Locale.ROOT,
                    "{\"engine\": \"%s\", \"threads\": %d, \"open_ms\": %.0f, \"first_answer_ms\": %.0f, \"resident_mb\": %.0f,"
                            + " \"highest_mb\": %.0f, \"open_again_ms\": %.0f}",
                    engine,
                    numThreads,
                    (opened - start) / 1e6,
                    (answered - opened) / 1e6,
                    resident,
                    highest,
                    millisToOpen(directory, numThreads, engine));
        }
    }

    private static double millisToOpen(Path directory, int numThreads, String engine) throws IOException {
        long start = System.nanoTime();
        Encoder encoder = open(ModelDirectory.open(directory), numThreads, engine);
        double millis = (System.nanoTime() - start) / 1e6;
        encoder.close();
        return millis;
    }

    private static CpuEncoder open(ModelDirectory model, int numThreads, String engine) throws IOException {
        return model.withWeights(weights -> engine.equals("int8")
                ? CpuEncoder.of(weights, numThreads, OneDnn.orJava())
                : CpuEncoder.of(weights, numThreads));
    }

    private static long kilobytes(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no " + field);
    }
}
