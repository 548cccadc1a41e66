package dev.albert4j.cli;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.onnx.OnnxEncoder;
import dev.albert4j.train.TorchEncoder;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Which engine runs a model, and on how many threads. */
final class EngineOptions {
    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "cpu (default): pure Java; torch: libtorch; onnx: ONNX Runtime",
            defaultValue = "cpu")
    private String engine = "cpu";

    @Option(names = "--threads", paramLabel = "N", description = "threads; default: one for each core")
    private int threads = Runtime.getRuntime().availableProcessors();

    Encoder open(ModelDirectory model) throws IOException {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("--threads " + threads + " is not between 1 and 1024");
        }
        return switch (engine) {
            case "cpu" -> CpuEncoder.of(model.weights(), threads);
            case "torch" -> new TorchEncoder(model.weights(), threads);
            case "onnx" -> OnnxEncoder.open(model, threads);
            default ->
                throw new IllegalArgumentException("unknown engine \"" + engine + "\"; there are cpu, torch and onnx");
        };
    }
}
