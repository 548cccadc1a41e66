package dev.albert4j.cli;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.onednn.OneDnn;
import dev.albert4j.onnx.OnnxEncoder;
import dev.albert4j.train.TorchEncoder;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which engine runs a model, and on how many threads. */
final class EngineOptions {
    /** Those there are. */
    static final List<String> NAMES = List.of("cpu", "int8", "onnx", "torch");

    // Additions and multiplications that plain Java does before what uses the Vector API were compiled.
    private static final double LITTLE_WORK = 1e9;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description =
                    "cpu: pure Java; int8: products of 8-bit integers by oneDNN; torch: libtorch; onnx: ONNX Runtime"
                            + " (default: int8 for a model that is stored so, else cpu)")
    private @Nullable String engine;

    @Option(names = "--threads", paramLabel = "N", description = "threads; default: one for each core")
    private int threads = Runtime.getRuntime().availableProcessors();

    Encoder open(ModelDirectory model) throws IOException {
        String name = engine != null ? engine : isInt8(model) ? "int8" : "cpu";
        return open(name, model, threads);
    }

    /** The same for a program that reads about so many tokens and ends: of few the first answer comes sooner. */
    Encoder openFor(long numTokens, ModelDirectory model) throws IOException {
        boolean plain = (engine == null || engine.equals("cpu"))
                && CpuEncoder.operations(model.config(), numTokens) < LITTLE_WORK
                && !isInt8(model);
        if (!plain) {
            return open(model);
        }
        checkThreads(threads);
        return model.withWeights(weights -> CpuEncoder.inPlainJava(weights, threads));
    }

    private static boolean isInt8(ModelDirectory model) throws IOException {
        return model.withWeights(weights -> !weights.int8Names().isEmpty());
    }

    /**
     * @throws IllegalArgumentException if there is no such engine, or it cannot have so many threads
     * @throws LinkageError if libtorch or ONNX Runtime does not load on this machine; int8 is then plain Java, and says so
     */
    static Encoder open(String engine, ModelDirectory model, int threads) throws IOException {
        check(engine, threads);
        return switch (engine) {
            case "cpu" -> model.withWeights(weights -> CpuEncoder.of(weights, threads));
            case "int8" -> model.withWeights(weights -> CpuEncoder.of(weights, threads, OneDnn.orJava()));
            case "torch" -> model.withWeights(weights -> new TorchEncoder(weights, threads));
            case "onnx" -> OnnxEncoder.open(model, threads);
            default -> throw new AssertionError(engine);
        };
    }

    /** Pure Java in floats, whatever was asked for. */
    Encoder openFloats(AlbertWeights weights) {
        checkThreads(threads);
        return CpuEncoder.of(weights, threads);
    }

    /** The engine of 8-bit products, whatever was asked for. */
    Encoder openInt8(AlbertWeights weights) {
        checkThreads(threads);
        return CpuEncoder.of(weights, threads, OneDnn.orJava());
    }

    static void check(String engine, int threads) {
        if (!NAMES.contains(engine)) {
            throw new IllegalArgumentException(
                    "unknown engine \"" + engine + "\"; there are cpu, int8, torch and onnx");
        }
        checkThreads(threads);
    }

    private static void checkThreads(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("--threads " + threads + " is not between 1 and 1024");
        }
    }
}
