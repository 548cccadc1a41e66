package dev.albert4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.albert4j.io.DataType;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.Provenance;
import dev.albert4j.model.Storage;
import dev.albert4j.train.CompressionReport;
import dev.albert4j.train.ModelFigures;
import dev.albert4j.train.TrainingTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code albert compress}. */
@Command(
        name = "compress",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes a smaller model, and a table of its size, speed and accuracy before and after.",
            "The result is a model directory like any other. After pruning, train it once more: albert finetune --model DIR,"
                    + " perhaps with --teacher MODEL."
        },
        footer = {
            "",
            "Example: albert compress sentiment-en --fp16 --prune-neurons 0.25 --data dev.csv \\",
            "           --output runs/small --report small.html"
        })
final class CompressCommand implements Callable<Integer> {
    private static final int BATCH_TOKENS = 4096;
    private static final double DEFAULT_MAX_DROP = 0.5;

    @Parameters(paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "model directory to write")
    private Path output = Path.of("");

    @Option(names = "--fp16", description = "store the weights in 16 bits: half the size")
    private boolean fp16;

    @Option(
            names = "--quantize",
            paramLabel = "TYPE",
            description = "int8: store the encoder's matrices in 8 bits and multiply them so (engine int8)")
    private @Nullable String quantize;

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            description = "with --quantize and --data: hundredths of the task's first metric that may be lost (default"
                    + " 0.5); matrices that cost more stay in floats")
    private @Nullable Double maxDrop;

    @Option(
            names = "--max-shard-size",
            paramLabel = "SIZE",
            description = "cut the file of weights into several of at most so much: 2MB, 1GiB")
    private @Nullable String maxShardSize;

    @Option(
            names = "--layers",
            paramLabel = "N",
            description = "pass through the shared layer N times only; a start for a student of the whole model")
    private @Nullable Integer layers;

    @Option(
            names = "--prune-heads",
            paramLabel = "SHARE",
            description =
                    "take the least important part of the attention heads out; Hugging Face cannot open such a model. Needs --data")
    private @Nullable Double pruneHeads;

    @Option(
            names = "--prune-neurons",
            paramLabel = "SHARE",
            description = "take the least important part of the feed-forward neurons out. Needs --data")
    private @Nullable Double pruneNeurons;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "data to measure accuracy on, and what is important. " + DataOptions.FILES)
    private @Nullable Path data;

    @Mixin
    private DataOptions columns = new DataOptions();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "write the table and a plot there too, as a page of HTML")
    private @Nullable Path report;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Compression compression = new Compression(layers, pruneHeads, pruneNeurons);
        long maxShardBytes = maxShardSize == null ? Long.MAX_VALUE : ByteSize.parse("--max-shard-size", maxShardSize);
        check(compression);
        ModelDirectory parent = ModelDirectory.open(Models.resolve(model));
        compression.check(parent.config());
        StoredWeights stored = StoredWeights.of(parent);
        TrainingTask task = data != null && compression.prunes() ? TaskExamples.read(parent, data, columns) : null;
        AlbertWeights whole = parent.weights();
        try (Encoder before = engine.open(parent)) {
            Map<String, Double> metrics = metrics(parent, before, "evaluating the model as it is");
            AlbertWeights weights = compression.shallower(whole);
            if (task != null) {
                weights = compression.pruned(weights, Models.tokenizer(parent).vocabulary(), task);
            }
            if (quantize != null) {
                weights = quantized(parent, weights);
            } else if (weights.int8Names().isEmpty()) {
                weights = weights.quantized(whole.int8Names()); // pruning works on floats
            }
            Storage storage = new Storage(fp16 ? DataType.F16 : stored.type(), maxShardBytes);
            Provenance provenance = provenance(compression, weights, storage);
            ModelDirectory.save(
                    output,
                    weights,
                    parent.tokenizer().orElse(null),
                    provenance,
                    storage,
                    parent.sentences().orElse(null));
            CompressionReport result = measure(before, stored, metrics);
            withMetrics(provenance, result).write(output.resolve("provenance.json"));
            tell(result, weights.config());
        }
        return 0;
    }

    private void check(Compression compression) throws IOException {
        if (!fp16 && quantize == null && maxShardSize == null && layers == null && !compression.prunes()) {
            throw new IllegalArgumentException("there is nothing to do: give one or more of --fp16, --quantize,"
                    + " --max-shard-size, --layers, --prune-heads, --prune-neurons");
        }
        if (quantize != null && !quantize.equals("int8")) {
            throw new IllegalArgumentException("--quantize " + quantize + " is unknown; there is int8");
        }
        if (maxDrop != null && (quantize == null || data == null || !(maxDrop >= 0))) {
            throw new IllegalArgumentException(
                    "--max-drop " + maxDrop + " goes with --quantize and --data, and is not negative");
        }
        if (compression.prunes() && data == null) {
            throw new IllegalArgumentException(
                    "--prune-heads and --prune-neurons need --data, labelled texts by which to measure what is important");
        }
        OutputPath.checkModel(output);
        if (report != null) {
            OutputPath.checkFile(report);
        }
    }

    /** In 8 bits as far as {@code --max-drop} allows; what pruning has cost already is not counted. */
    private AlbertWeights quantized(ModelDirectory parent, AlbertWeights weights) throws IOException {
        if (data == null) {
            return weights.quantized();
        }
        double least;
        try (Encoder encoder = engine.openFloats(weights)) {
            least = accuracy(parent, encoder, "evaluating in floats");
        }
        double drop = (maxDrop == null ? DEFAULT_MAX_DROP : maxDrop) / 100;
        return Quantization.keeping(
                weights,
                candidate -> {
                    try (Encoder encoder = engine.openInt8(candidate)) {
                        return accuracy(parent, encoder, "evaluating in 8 bits");
                    }
                },
                least - drop);
    }

    /** The task's first metric, negative where less is better. */
    private double accuracy(ModelDirectory parent, Encoder encoder, String title) throws IOException {
        Map.Entry<String, Double> first =
                metrics(parent, encoder, title).entrySet().iterator().next();
        return Report.isLowerBetter(first.getKey()) ? -first.getValue() : first.getValue();
    }

    private Map<String, Double> metrics(ModelDirectory directory, Encoder encoder, String title) throws IOException {
        if (data == null) {
            return Map.of();
        }
        try (ProgressBar progress = new ProgressBar(title)) {
            return ModelTask.of(directory, directory.weights(), encoder, BATCH_TOKENS)
                    .evaluate(data, columns, (done, all) -> progress.show(done, all, ""))
                    .metrics();
        }
    }

    /** Opens what was written and measures it beside the model it was made of. */
    private CompressionReport measure(Encoder before, StoredWeights stored, Map<String, Double> metrics)
            throws IOException {
        ModelDirectory written = ModelDirectory.open(output);
        try (Encoder after = engine.open(written)) {
            Map<String, Double> newMetrics = metrics(written, after, "evaluating the smaller model");
            int numTokens = ModelSpeed.typicalTokens(before.config());
            List<ModelSpeed> speeds = ModelSpeed.of(List.of(before, after), numTokens);
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("command", "albert " + String.join(" ", command()));
            facts.put("latency", "of one text of " + numTokens + " tokens");
            return new CompressionReport(
                    String.valueOf(output.getFileName()),
                    facts,
                    figures(before.config(), stored, speeds.get(0), metrics),
                    figures(after.config(), StoredWeights.of(written), speeds.get(1), newMetrics));
        }
    }

    private static ModelFigures figures(
            AlbertConfig config, StoredWeights stored, ModelSpeed speed, Map<String, Double> metrics) {
        return new ModelFigures(
                AlbertParameters.count(config),
                stored.numBytes(),
                speed.latencyMillis(),
                speed.tokensPerSecond(),
                metrics);
    }

    private void tell(CompressionReport result, AlbertConfig config) throws IOException {
        if (report != null) {
            result.write(report);
        }
        System.err.println("wrote " + output);
        if (config.attentionSize() != config.hiddenSize()) {
            System.err.printf(
                    Locale.ROOT,
                    "Hugging Face cannot open it: %d attention heads of size %d are not as wide as the hidden state, %d%n",
                    config.numAttentionHeads(),
                    config.headSize(),
                    config.hiddenSize());
        }
        System.out.print(result.text());
    }

    private List<String> command() {
        return spec.root().commandLine().getParseResult().originalArgs();
    }

    private Provenance provenance(Compression compression, AlbertWeights weights, Storage storage) throws IOException {
        Map<String, JsonNode> fields = compression.describe(weights.config());
        fields.put("stored", JsonNodeFactory.instance.textNode(storage.type().name()));
        fields.put("int8", new ObjectMapper().valueToTree(weights.int8Names()));
        Provenance provenance = Provenance.now(command())
                .withConfig(fields)
                .withParent(String.valueOf(Models.resolve(model).getFileName()));
        return data == null ? provenance : provenance.withData(List.of(Provenance.DataFile.of(data)));
    }

    private static Provenance withMetrics(Provenance provenance, CompressionReport result) {
        Map<String, JsonNode> metrics = new LinkedHashMap<>();
        metrics.put("before", new ObjectMapper().valueToTree(result.before()));
        metrics.put("after", new ObjectMapper().valueToTree(result.after()));
        return provenance.withMetrics(metrics);
    }
}
