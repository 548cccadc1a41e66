package dev.albert4j.cli;

import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a model works at its task. */
final class TaskOptions {
    @Option(
            names = "--batch-tokens",
            paramLabel = "N",
            description = "run texts together up to N tokens (default ${DEFAULT-VALUE})",
            defaultValue = "4096")
    private int batchTokens = 4096;

    @Option(
            names = "--threshold",
            paramLabel = "X",
            description =
                    "multi-label: the probability from which on a label is given; qa: there is no answer if that leads by more"
                            + " than X, in logits (default: what was chosen in training, else 0.5, and an answer always)")
    private @Nullable Double threshold;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description =
                    "of a model trained with --early-exit: stop at the layer whose label is that of the N layers before it"
                            + " (default: all layers)")
    private @Nullable Integer patience;

    /** @throws IllegalArgumentException if a value is out of its range */
    void check() {
        if (batchTokens < 1) {
            throw new IllegalArgumentException("--batch-tokens " + batchTokens + " is not positive");
        }
        if (threshold != null && !Double.isFinite(threshold)) {
            throw new IllegalArgumentException("--threshold " + threshold + " is not a finite number");
        }
    }

    int batchTokens() {
        return batchTokens;
    }

    /** A model at work, and the engine that is closed with it. */
    record Opened(ModelTask task, Encoder encoder) implements AutoCloseable {
        @Override
        public void close() {
            encoder.close();
        }
    }

    /** Puts a model to work on an engine. */
    Opened open(ModelDirectory directory, EngineOptions engine) throws IOException {
        return open(directory, engine.open(directory));
    }

    /** The same with an engine that is open. */
    Opened open(ModelDirectory directory, Encoder encoder) throws IOException {
        try {
            return directory.withWeights(weights -> new Opened(task(directory, weights, encoder), encoder));
        } catch (IOException | RuntimeException | Error e) {
            encoder.close();
            throw e;
        }
    }

    private ModelTask task(ModelDirectory directory, AlbertWeights weights, Encoder encoder) {
        ModelTask task = ModelTask.of(directory, weights, encoder, batchTokens);
        if (threshold != null) {
            task = task.withThreshold(threshold);
        }
        return patience == null ? task : task.withPatience(patience);
    }
}
