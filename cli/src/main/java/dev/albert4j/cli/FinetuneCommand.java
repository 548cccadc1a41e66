package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.WrongSettingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code albert finetune}. */
@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains a model on labelled texts, or on plain ones to guess hidden words.",
            "INIT is a model directory or a shipped model; a directory with config.json and a tokenizer but no weights is trained"
                    + " from scratch. An interrupted run goes on where it was when the same command is given again."
        },
        footer = {
            "",
            "Example: albert finetune --task classification --model sentiment-en \\",
            "           --train examples/messages/train.csv --dev examples/messages/dev.csv \\",
            "           --output runs/messages"
        })
final class FinetuneCommand implements Callable<Integer> {
    private static final SettingOptions SETTINGS = new SettingOptions(Map.ofEntries(
            Map.entry("--epochs", "epochs"),
            Map.entry("--batch-size", "batchSize"),
            Map.entry("--max-length", "maxLength"),
            Map.entry("--learning-rate", "learningRate"),
            Map.entry("--warmup-ratio", "warmupRatio"),
            Map.entry("--weight-decay", "weightDecay"),
            Map.entry("--max-grad-norm", "maxGradNorm"),
            Map.entry("--label-smoothing", "labelSmoothing"),
            Map.entry("--word-dropout", "wordDropout"),
            Map.entry("--word-removal", "wordRemoval"),
            Map.entry("--dropout", "hiddenDropout"),
            Map.entry("--attention-dropout", "attentionDropout"),
            Map.entry("--classifier-dropout", "classifierDropout"),
            Map.entry("--evaluate-every", "evaluateEverySteps"),
            Map.entry("--optimizer", "optimizer"),
            Map.entry("--schedule", "schedule"),
            Map.entry("--head-learning-rate", "headLearningRate"),
            Map.entry("--layer-decay", "layerDecay"),
            Map.entry("--class-weights", "classWeights"),
            Map.entry("--tune-thresholds", "thresholds"),
            Map.entry("--freeze", "freeze"),
            Map.entry("--pooling", "pooling"),
            Map.entry("--temperature", "temperature"),
            Map.entry("--group-size", "groupSize"),
            Map.entry("--distill-alpha", "distillAlpha"),
            Map.entry("--distill-temperature", "distillTemperature"),
            Map.entry("--distill-hidden", "distillHidden"),
            Map.entry("--sparsity", "sparsity"),
            Map.entry("--quantize", "quantize"),
            Map.entry("--patience", "patience"),
            Map.entry("--precision", "precision"),
            Map.entry("--device", "device"),
            Map.entry("--seed", "seed"),
            Map.entry("--threads", "numThreads")));

    @Option(names = "--task", paramLabel = "TASK", required = true, description = FinetuneTask.DESCRIPTION)
    private String task = "";

    @Option(names = "--model", paramLabel = "INIT", required = true, description = "what to start from")
    private String model = "";

    @Option(names = "--train", paramLabel = "FILE", required = true, description = DataOptions.FILES)
    private Path train = Path.of("");

    @Option(names = "--dev", paramLabel = "FILE", description = "texts to evaluate on, and to choose the best epoch by")
    private @Nullable Path dev;

    @Option(
            names = "--dev-share",
            paramLabel = "R",
            description =
                    "hold this share of each label's training texts out as the development set, where there is no --dev",
            defaultValue = "0")
    private double devShare;

    @Mixin
    private DataOptions columns = new DataOptions();

    @Option(
            names = "--label-names",
            paramLabel = "L=NAME",
            split = ",",
            description = "give labels of the data other names: 0=negative,1=positive")
    private Map<String, String> labelNames = Map.of();

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "model directory to write")
    private Path output = Path.of("");

    @Option(names = "--fp16", description = "store the weights in 16 bits: half the size")
    private boolean fp16;

    @Option(names = "--config", paramLabel = "FILE", description = "settings as JSON; the options below go before it")
    private @Nullable Path config;

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training texts (default 3)")
    private @Nullable Integer epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "texts of a step (default 32)")
    private @Nullable Integer batchSize;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "tokens of a text (default: what the model reads, at most 512)")
    private @Nullable Integer maxLength;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            description = "highest learning rate (default 5e-5; small models: 5e-4)")
    private @Nullable Double learningRate;

    @Option(
            names = "--warmup-ratio",
            paramLabel = "R",
            description = "share of the steps in which it rises (default 0.1)")
    private @Nullable Double warmupRatio;

    @Option(names = "--weight-decay", paramLabel = "R", description = "weight decay (default 0.01)")
    private @Nullable Double weightDecay;

    @Option(names = "--max-grad-norm", paramLabel = "R", description = "gradients are clipped to this norm (default 1)")
    private @Nullable Double maxGradNorm;

    @Option(
            names = "--label-smoothing",
            paramLabel = "R",
            description = "share of the target spread over all labels (default 0)")
    private @Nullable Double labelSmoothing;

    @Option(
            names = "--repeat-positions",
            paramLabel = "N",
            description =
                    "make the model read texts of --max-length: its positions from N on become copies of the first N (default: as they are)")
    private @Nullable Integer repeatPositions;

    @Option(names = "--word-dropout", paramLabel = "R", description = "share of tokens masked in training (default 0)")
    private @Nullable Double wordDropout;

    @Option(
            names = "--word-removal",
            paramLabel = "R",
            description = "share of tokens left out in training (default 0)")
    private @Nullable Double wordRemoval;

    @Option(names = "--dropout", paramLabel = "R", description = "dropout of hidden states (default: the model's)")
    private @Nullable Double dropout;

    @Option(
            names = "--attention-dropout",
            paramLabel = "R",
            description = "dropout of attention (default: the model's)")
    private @Nullable Double attentionDropout;

    @Option(
            names = "--classifier-dropout",
            paramLabel = "R",
            description = "dropout before the head (default: the model's)")
    private @Nullable Double classifierDropout;

    @Option(
            names = "--evaluate-every",
            paramLabel = "STEPS",
            description = "steps between evaluations (default: those of an epoch)")
    private @Nullable Integer evaluateEvery;

    @Option(
            names = "--metric",
            paramLabel = "M",
            description = "number that chooses the best epoch (default: the first that the report names)")
    private @Nullable String metric;

    @Mixin
    private EmbeddingOptions embedding = new EmbeddingOptions();

    @Mixin
    private DistillationOptions distillation = new DistillationOptions();

    @Option(
            names = "--early-exit",
            description =
                    "for classification: train a classifier on every layer, so that predict --patience can stop at one of them")
    private boolean earlyExit;

    @Mixin
    private RecipeOptions recipe = new RecipeOptions();

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Option(names = "--tensorboard", paramLabel = "DIR", description = "write event files for TensorBoard there")
    private @Nullable Path tensorboard;

    @Option(names = "--seed", paramLabel = "N", description = "seed of everything random (default 42)")
    private @Nullable Long seed;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            split = ",",
            description =
                    "run once with each of these, 1,2,3: models in DIR/seed-N, and mean and deviation of the metrics; what is finished is"
                            + " kept when the command is given again")
    private List<Long> seeds = List.of();

    @Option(
            names = "--folds",
            paramLabel = "K",
            description =
                    "cross-validation: part the training texts into K, each label's evenly, and run once for each part, which is"
                            + " evaluated on and not learned from: models in DIR/fold-N, mean and deviation; kept likewise")
    private @Nullable Integer folds;

    @Option(names = "--threads", paramLabel = "N", description = "threads (default: one for each core)")
    private @Nullable Integer threads;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        FinetuneTask kind = FinetuneTask.of(task);
        FinetuneData data = data(kind);
        try {
            train(data, settings(kind, data));
        } catch (WrongSettingException e) {
            throw SETTINGS.named(e, spec.commandLine().getParseResult());
        }
        return 0;
    }

    private FinetuneData data(FinetuneTask kind) {
        if (dev != null && devShare != 0) {
            throw new IllegalArgumentException("--dev and --dev-share exclude each other");
        }
        if (folds != null && (dev != null || devShare != 0 || !seeds.isEmpty())) {
            throw new IllegalArgumentException("--folds takes the place of --dev, --dev-share and --seeds");
        }
        if (folds != null && folds < 2) {
            throw new IllegalArgumentException("--folds " + folds + " is less than 2");
        }
        long held = seed == null ? TrainConfig.DEFAULT.seed() : seed;
        return new FinetuneData(
                kind,
                train,
                dev,
                devShare,
                folds == null ? 0 : folds,
                held,
                columns,
                labelNames,
                embedding.normalize());
    }

    private void train(FinetuneData data, ObjectNode settings) throws IOException {
        if (!seeds.isEmpty() && (seed != null || !data.evaluates())) {
            throw new IllegalArgumentException("--seeds takes the place of --seed, and needs --dev or --dev-share");
        }
        if (!seeds.isEmpty()) {
            RepeatedRuns runs = new RepeatedRuns("seed", seeds);
            TaskData same = data.read().get(0);
            System.out.print(runs.table(number -> run(runs, number, same, settings.put("seed", number))));
        } else if (folds != null) {
            RepeatedRuns runs = new RepeatedRuns(
                    "fold", LongStream.rangeClosed(1, folds).boxed().toList());
            List<TaskData> parts = data.read();
            System.out.print(runs.table(number -> run(runs, number, parts.get((int) number - 1), settings)));
        } else {
            finetuning(output, tensorboard).run(data.read().get(0), settings);
        }
    }

    private Map<String, Double> run(RepeatedRuns runs, long number, TaskData data, ObjectNode settings)
            throws IOException {
        Path events = tensorboard == null ? null : runs.directory(tensorboard, number);
        Finetuning run = finetuning(runs.directory(output, number), events);
        run.keepFinished();
        return run.run(data, settings);
    }

    private Finetuning finetuning(Path directory, @Nullable Path events) throws IOException {
        Finetuning run = new Finetuning(Models.resolve(model), directory, fp16);
        run.describe(
                spec.root().commandLine().getParseResult().originalArgs(),
                dev == null ? List.of(train) : List.of(train, dev));
        run.watch(events);
        run.learnFrom(distillation);
        run.exitEarly(earlyExit);
        run.repeatPositions(repeatPositions);
        return run;
    }

    /** The settings that were given, in a file or as options. */
    private ObjectNode settings(FinetuneTask kind, FinetuneData data) throws IOException {
        ObjectNode settings = config == null ? new ObjectMapper().createObjectNode() : JsonFile.read(config);
        SETTINGS.addTo(settings, spec.commandLine().getParseResult());
        embedding.check(kind);
        distillation.check(kind);
        if (earlyExit && kind != FinetuneTask.CLASSIFICATION) {
            throw new IllegalArgumentException("--early-exit is for --task classification");
        }
        recipe.applyTo(settings, kind, data.evaluates());
        if (metric != null) {
            if (!kind.metrics().contains(metric)) {
                throw new IllegalArgumentException("--metric " + metric + " is not known; there are " + kind.metrics());
            }
            settings.put("metric", metric);
        }
        return settings;
    }
}
