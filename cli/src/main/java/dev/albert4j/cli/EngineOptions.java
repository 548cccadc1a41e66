package dev.albert4j.cli;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.train.TorchEncoder;
import picocli.CommandLine.Option;

/** Which engine runs a model, and on how many threads. */
final class EngineOptions {
    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "cpu (default): pure Java; torch: libtorch",
            defaultValue = "cpu")
    private String engine = "cpu";

    @Option(names = "--threads", paramLabel = "N", description = "threads; default: one for each core")
    private int threads = Runtime.getRuntime().availableProcessors();

    Encoder open(AlbertWeights weights) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("--threads " + threads + " is not between 1 and 1024");
        }
        return switch (engine) {
            case "cpu" -> CpuEncoder.of(weights, threads);
            case "torch" -> new TorchEncoder(weights, threads);
            default -> throw new IllegalArgumentException("unknown engine \"" + engine + "\"; there are cpu and torch");
        };
    }
}
