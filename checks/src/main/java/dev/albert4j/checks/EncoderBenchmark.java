package dev.albert4j.checks;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.OutputStates;
import dev.albert4j.onednn.OneDnn;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * Latency of core's encoder on one sequence: {@code EncoderBenchmark base|tiny LENGTH,… THREADS [cpu|int8]}, in pure Java, or
 * with oneDNN's products of 8-bit integers. Prints a JSON line for each length: median milliseconds for the last hidden state and
 * for the pooled state alone, and what the first means in GFLOP/s, counting matrix products. {@code checks/peers/plot.py} draws
 * them beside those of {@code encoder_peer.py}. Run it on a quiet machine.
 */
public final class EncoderBenchmark {
    private static final long WARM_UP_NANOS = 8_000_000_000L;
    private static final long MEASURED_NANOS = 1_000_000_000L;
    private static final int MIN_RUNS = 7;

    private EncoderBenchmark() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
        if (args.length != 3 && args.length != 4) {
            throw new IllegalArgumentException(
                    "expected MODEL LENGTH,… THREADS [ENGINE], but got " + Arrays.toString(args));
        }
        AlbertConfig config = RandomModel.named(args[0]);
        int numThreads = Integer.parseInt(args[2]);
        String engine = args.length == 4 ? args[3] : "cpu";
        try (CpuEncoder encoder = open(config, numThreads, engine)) {
            for (String length : args[1].split(",")) {
                out.println(measure(encoder, args[0], engine, Integer.parseInt(length), numThreads));
            }
        }
    }

    static CpuEncoder open(AlbertConfig config, int numThreads, String engine) {
        AlbertWeights weights = RandomModel.weights(config, 1);
        return switch (engine) {
            case "cpu" -> CpuEncoder.of(weights, numThreads);
            case "int8" -> CpuEncoder.of(weights, numThreads, OneDnn.orJava());
            default -> throw new IllegalArgumentException("engine " + engine + " is neither cpu nor int8");
        };
    }

    private static String measure(CpuEncoder encoder, String model, String engine, int length, int numThreads) {
        Batch batch = RandomModel.batch(encoder.config(), 2, length);
        double last = medianMillis(encoder, batch, OutputStates.LAST);
        double pooled = medianMillis(encoder, batch, OutputStates.POOLED);
        return String.format(
                Locale.ROOT,
                "{\"model\": \"%s\", \"engine\": \"%s\", \"threads\": %d, \"tokens\": %d, \"ms\": %.3f, \"pooled_ms\": %.3f,"
                        + " \"gflops\": %.1f}",
                model,
                engine,
                numThreads,
                length,
                last,
                pooled,
                flop(encoder.config(), length) / last / 1e6);
    }

    /** Of a call, after seconds of such calls: what the virtual machine has yet to compile is compiled then. */
    static double medianMillis(CpuEncoder encoder, Batch batch, OutputStates output) {
        for (long start = System.nanoTime(); System.nanoTime() - start < WARM_UP_NANOS; ) {
            encoder.encode(batch, output);
        }
        double[] nanos = new double[100_000];
        int runs = 0;
        for (long start = System.nanoTime();
                runs < nanos.length && (runs < MIN_RUNS || System.nanoTime() - start < MEASURED_NANOS); ) {
            long before = System.nanoTime();
            encoder.encode(batch, output);
            nanos[runs++] = System.nanoTime() - before;
        }
        double[] sorted = Arrays.copyOf(nanos, runs);
        Arrays.sort(sorted);
        return sorted[runs / 2] / 1e6;
    }

    /** Multiplications and additions of all matrix products of one sequence. */
    private static double flop(AlbertConfig config, long length) {
        double h = config.hiddenSize();
        double layer = 2 * length * h * (4 * h + 2 * config.intermediateSize()) + 4.0 * length * length * h;
        double numLayers = config.numPasses();
        return numLayers * layer + 2 * length * h * config.embeddingSize() + 2 * h * h;
    }
}
