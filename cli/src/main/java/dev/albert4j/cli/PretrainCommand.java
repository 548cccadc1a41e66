package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.train.OptimizerType;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.WrongSettingException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code albert pretrain}. */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a model on raw text: to guess hidden words, and whether two segments were swapped.",
            "The result is a model to fine-tune from. A run that was stopped, by Ctrl-C, --minutes or a crash, goes on where it was"
                    + " when the same command is given again."
        },
        footer = {
            "",
            "Example: albert train-tokenizer --corpus corpus.txt --vocab-size 8000 --output runs/tiny",
            "         (write runs/tiny/config.json: docs/pretraining.md has one)",
            "         albert pretrain --config runs/tiny --corpus corpus.txt --steps 20000 \\",
            "           --output runs/pretrained"
        })
final class PretrainCommand implements Callable<Integer> {
    private static final SettingOptions SETTINGS = new SettingOptions(Map.ofEntries(
            Map.entry("--steps", "steps"),
            Map.entry("--max-length", "maxLength"),
            Map.entry("--epochs", "epochs"),
            Map.entry("--batch-size", "batchSize"),
            Map.entry("--micro-batch-tokens", "microBatchTokens"),
            Map.entry("--learning-rate", "learningRate"),
            Map.entry("--warmup-ratio", "warmupRatio"),
            Map.entry("--schedule", "schedule"),
            Map.entry("--optimizer", "optimizer"),
            Map.entry("--weight-decay", "weightDecay"),
            Map.entry("--max-grad-norm", "maxGradNorm"),
            Map.entry("--dropout", "hiddenDropout"),
            Map.entry("--attention-dropout", "attentionDropout"),
            Map.entry("--evaluate-every", "evaluateEverySteps"),
            Map.entry("--seed", "seed"),
            Map.entry("--precision", "precision"),
            Map.entry("--device", "device"),
            Map.entry("--threads", "numThreads")));

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description =
                    "shape of the model: a directory with config.json and a tokenizer, or such a file beside the tokenizer")
    private @Nullable Path config;

    @Option(
            names = "--corpus",
            paramLabel = "FILE",
            arity = "1..*",
            required = true,
            description = "text, a blank line between documents, or .jsonl with a document in \"text\"; .gz too")
    private List<Path> corpus = List.of();

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "model directory to write")
    private Path output = Path.of("");

    @Option(
            names = "--init",
            paramLabel = "MODEL",
            description =
                    "a model to go on from, with new steps; its shape and tokenizer hold where there is no --config")
    private @Nullable String init;

    @Option(
            names = "--repeat-positions",
            paramLabel = "N",
            description =
                    "with --init: positions from N on start as copies of the first N, over and over; for a model that"
                            + " was trained on examples of N tokens, and now is on longer ones")
    private @Nullable Integer repeatPositions;

    @Option(names = "--fp16", description = "store the weights in 16 bits: half the size")
    private boolean fp16;

    @Option(
            names = "--tokens",
            paramLabel = "DIR",
            description =
                    "keep the tokenized corpus there, for other runs too (default: in DIR.run, until the run is done)")
    private @Nullable Path tokens;

    @Mixin
    private PretrainOptions options = new PretrainOptions();

    @Option(names = "--steps", paramLabel = "N", description = "optimizer steps; --epochs is the other way to say it")
    private @Nullable Long steps;

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the corpus (default 3)")
    private @Nullable Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "examples of a step (default 256)")
    private @Nullable Integer batchSize;

    @Option(
            names = "--micro-batch-tokens",
            paramLabel = "N",
            description = "most tokens a thread takes at once; gradients add up to the batch's (default 4096)")
    private @Nullable Integer microBatchTokens;

    @Option(
            names = "--preset",
            paramLabel = "P",
            description =
                    "albert: LAMB, batches of 4096, 125,000 steps, rate 0.00176, 3125 steps of warm-up; options go before it")
    private @Nullable Preset preset;

    @Option(
            names = "--optimizer",
            paramLabel = "O",
            description = "lamb (default): for large batches and learning rates, or adamw")
    private @Nullable OptimizerType optimizer;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            description =
                    "highest learning rate (default: 0.00176 at a batch of 4096, less by the square root for less)")
    private @Nullable Double learningRate;

    @Option(
            names = "--warmup-ratio",
            paramLabel = "R",
            description = "share of the steps in which it rises (default 0.025)")
    private @Nullable Double warmupRatio;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            description = "the learning rate after the warm-up: linear (default) or cosine fall to 0, or constant")
    private TrainConfig.@Nullable Schedule schedule;

    @Option(names = "--weight-decay", paramLabel = "R", description = "weight decay (default 0.01)")
    private @Nullable Double weightDecay;

    @Option(names = "--max-grad-norm", paramLabel = "R", description = "gradients are clipped to this norm (default 1)")
    private @Nullable Double maxGradNorm;

    @Option(
            names = "--dropout",
            paramLabel = "R",
            description = "dropout of hidden states (default: the configuration's)")
    private @Nullable Double dropout;

    @Option(
            names = "--attention-dropout",
            paramLabel = "R",
            description = "dropout of attention (default: the configuration's)")
    private @Nullable Double attentionDropout;

    @Option(
            names = "--evaluate-every",
            paramLabel = "STEPS",
            description = "steps between evaluations (default: those of an epoch)")
    private @Nullable Long evaluateEvery;

    @Option(
            names = "--checkpoint-minutes",
            paramLabel = "N",
            description = "minutes between checkpoints; there is one at each evaluation too (default ${DEFAULT-VALUE})",
            defaultValue = "5")
    private double checkpointMinutes;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description =
                    "stop after so many minutes and leave a checkpoint; the schedule goes by steps, whatever the time")
    private @Nullable Double minutes;

    @Option(names = "--hours", paramLabel = "N", description = "the same in hours")
    private @Nullable Double hours;

    @Option(names = "--tensorboard", paramLabel = "DIR", description = "write event files for TensorBoard there")
    private @Nullable Path tensorboard;

    @Option(names = "--seed", paramLabel = "N", description = "seed of everything random (default 42)")
    private @Nullable Long seed;

    @Option(names = "--threads", paramLabel = "N", description = "threads (default: one for each core)")
    private @Nullable Integer threads;

    @Mixin
    private RankOptions ranks = new RankOptions();

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A published recipe. */
    enum Preset {
        ALBERT
    }

    @Override
    public Integer call() throws IOException {
        if (config == null && init == null) {
            throw new IllegalArgumentException("--config or --init is missing: what shape is the model to have?");
        }
        if (minutes != null && hours != null) {
            throw new IllegalArgumentException("--minutes and --hours exclude each other");
        }
        try {
            run();
        } catch (WrongSettingException e) {
            throw SETTINGS.named(e, spec.commandLine().getParseResult());
        }
        return 0;
    }

    private void run() throws IOException {
        ranks.check();
        PretrainStart start = PretrainStart.of(config, init, repeatPositions);
        Pretraining run = new Pretraining(start, corpus, output, options, settings());
        run.describe(spec.root().commandLine().getParseResult().originalArgs());
        run.watch(tensorboard);
        run.share(ranks);
        run.keep(tokens, fp16, time("--checkpoint-minutes", checkpointMinutes));
        if (minutes != null) {
            run.limit(time("--minutes", minutes));
        } else if (hours != null) {
            run.limit(time("--hours", hours * 60));
        }
        run.run();
    }

    private static Duration time(String name, double minutes) {
        if (!(minutes > 0 && minutes <= 1e6)) {
            throw new IllegalArgumentException(name + " must be a time above 0");
        }
        return Duration.ofMillis((long) (minutes * 60_000));
    }

    /** The settings that were given, or that the recipe has. */
    private ObjectNode settings() {
        ObjectNode settings = new ObjectMapper().createObjectNode();
        SETTINGS.addTo(settings, spec.commandLine().getParseResult());
        if (steps != null && epochs != null) {
            throw new IllegalArgumentException("--steps and --epochs exclude each other");
        }
        if (ranks.launches()) {
            int cores = Runtime.getRuntime().availableProcessors();
            settings.putIfAbsent("numThreads", settings.numberNode(Math.max(1, cores / ranks.size())));
        }
        if (preset == Preset.ALBERT) {
            settings.putIfAbsent("batchSize", settings.numberNode(Pretraining.PUBLISHED_BATCH));
            if (epochs == null) {
                settings.putIfAbsent("steps", settings.numberNode(125_000L));
            }
        }
        return settings;
    }
}
