package dev.albert4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.data.LabeledText;
import dev.albert4j.io.DataType;
import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.ProblemType;
import dev.albert4j.model.Provenance;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.train.Evaluation;
import dev.albert4j.train.Finetuned;
import dev.albert4j.train.Finetuner;
import dev.albert4j.train.RunDirectory;
import dev.albert4j.train.StepReport;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingStoppedException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fine-tunes a classifier from a model directory and writes the result as one. */
@SuppressWarnings("try") // the hook and the lock act by being open
final class Finetuning {
    private final Path init;
    private final Path output; // absolute
    private final boolean fp16;
    private List<String> command = List.of();
    private List<Path> files = List.of();

    /** Texts to learn from, and texts to choose the best weights by. */
    record Data(List<LabeledText> train, List<LabeledText> dev) {
        /** Holds a share of each label's texts out. */
        static Data split(List<LabeledText> texts, double share, long seed) {
            if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException("--dev-share " + share + " is not between 0 and 1");
            }
            Map<String, List<LabeledText>> byLabel = new TreeMap<>();
            texts.forEach(text -> byLabel.computeIfAbsent(text.label(), label -> new ArrayList<>())
                    .add(text));
            Random random = new Random(seed);
            List<LabeledText> train = new ArrayList<>();
            List<LabeledText> dev = new ArrayList<>();
            for (List<LabeledText> group : byLabel.values()) {
                Collections.shuffle(group, random);
                int held = Math.min(group.size() - 1, (int) Math.round(group.size() * share));
                dev.addAll(group.subList(0, held));
                train.addAll(group.subList(held, group.size()));
            }
            if (share > 0 && dev.isEmpty()) {
                throw new IllegalArgumentException("--dev-share " + share + " of each label's texts, " + texts.size()
                        + " in all, is not one text");
            }
            Comparator<LabeledText> order = Comparator.comparingLong(LabeledText::line);
            train.sort(order);
            dev.sort(order);
            return new Data(train, dev);
        }

        /** All labels of the training texts: numbers by value, others by name. */
        List<String> labels() {
            List<String> labels = new ArrayList<>(
                    train.stream().map(LabeledText::label).distinct().toList());
            boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,9}"));
            labels.sort(numbers ? Comparator.comparingInt(Integer::parseInt) : Comparator.naturalOrder());
            return labels;
        }
    }

    Finetuning(Path init, Path output, boolean fp16) {
        this.init = init;
        this.output = output.toAbsolutePath().normalize();
        this.fp16 = fp16;
    }

    /** Says what the provenance is to tell of the run. */
    void describe(List<String> command, List<Path> files) {
        this.command = command;
        this.files = files;
    }

    /** @return the report of the best weights on the development texts, if there are any */
    @Nullable
    ClassificationReport run(Data data, ObjectNode given, Path devFile) throws IOException {
        List<String> labels = data.labels();
        if (labels.size() < 2) {
            throw new IllegalArgumentException(
                    "the training texts have one label only, " + labels + "; classification needs at least two");
        }
        for (LabeledText text : data.dev()) {
            if (!labels.contains(text.label())) {
                throw new IllegalArgumentException(devFile + " line " + text.line() + ": label \"" + text.label()
                        + "\" is not one of the training texts' " + DataOptions.abbreviate(labels));
            }
        }
        ModelDirectory parent = ModelDirectory.open(init);
        Tokenizer tokenizer = Models.tokenizer(parent);
        TrainConfig settings = settings(given, parent.config());
        AlbertWeights weights = initialWeights(parent, labels, settings.seed());
        Finetuner finetuner = new Finetuner(weights, tokenizer, settings);
        checkOutput();
        RunDirectory run = new RunDirectory(output.resolveSibling(output.getFileName() + ".run"));
        try (EndHook hook = new EndHook();
                RunLock lock = RunLock.of(run.path())) {
            System.err.printf(
                    Locale.ROOT,
                    "%,d texts to learn from, %,d to evaluate on, labels %s%n",
                    data.train().size(),
                    data.dev().size(),
                    DataOptions.abbreviate(labels));
            Finetuned result = train(finetuner.in(run), data);
            Evaluation best = save(result, tokenizer, settings);
            run.delete();
            System.err.println("wrote " + output);
            if (best == null) {
                return null;
            }
            System.out.print(best.report().toText());
            return best.report();
        }
    }

    /** Writes the model; gives the evaluation that chose its weights, if there was one. */
    private @Nullable Evaluation save(Finetuned result, Tokenizer tokenizer, TrainConfig settings) throws IOException {
        Evaluation best = result.history().stream()
                .filter(Evaluation::best)
                .reduce((earlier, later) -> later)
                .orElse(null);
        ModelDirectory.save(
                output, result.weights(), tokenizer, provenance(settings, best), fp16 ? DataType.F16 : DataType.F32);
        return best;
    }

    /** An hour of training must not end at a directory that cannot be written. */
    private void checkOutput() throws IOException {
        if (!ModelDirectory.canBeSaved(output)) {
            throw new FileAlreadyExistsException(
                    output.toString(),
                    null,
                    Files.isDirectory(output)
                            ? "is not empty and no model directory; choose another --output"
                            : "is a file, a directory was to be written; choose another --output");
        }
        OutputPath.checkDirectory(output.resolveSibling(output.getFileName() + ".run"));
    }

    /** What was given, and for what was not what suits the model. */
    private static TrainConfig settings(ObjectNode given, AlbertConfig model) {
        ObjectNode settings = given.deepCopy();
        if (!settings.has("maxLength")) {
            settings.put("maxLength", Math.min(512, model.maxPositionEmbeddings()));
        }
        if (!settings.has("learningRate")) {
            settings.put("learningRate", model.hiddenSize() < 512 ? 5e-4 : 5e-5);
        }
        return TrainConfig.parse(settings.toString());
    }

    private static AlbertWeights initialWeights(ModelDirectory parent, List<String> labels, long seed)
            throws IOException {
        AlbertConfig config = parent.config().toBuilder()
                .head(Head.SEQUENCE_CLASSIFICATION)
                .labels(labels)
                .problemType(ProblemType.SINGLE_LABEL_CLASSIFICATION)
                .build();
        if (!parent.hasWeights()) {
            System.err.println(parent.path() + " has no weights: training from scratch");
            return AlbertWeights.initialize(config, seed);
        }
        boolean sameTask = parent.config().head() == Head.SEQUENCE_CLASSIFICATION
                && parent.config().labels().equals(labels);
        try (var tensors = parent.openTensors()) {
            AlbertWeights.Transfer transfer = AlbertWeights.loadEncoder(config, tensors, seed);
            return sameTask ? transfer.weights() : withFreshHead(transfer.weights(), seed);
        }
    }

    /** A head of the same shape may be there, but it was made for other labels. */
    private static AlbertWeights withFreshHead(AlbertWeights weights, long seed) {
        AlbertWeights fresh = AlbertWeights.initialize(weights.config(), seed);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (String name : weights.names()) {
            values.put(name, (name.startsWith("classifier.") ? fresh : weights).values(name));
        }
        return AlbertWeights.of(weights.config(), values);
    }

    private static Finetuned train(Finetuner finetuner, Data data) throws IOException {
        try (ProgressBar progress = new ProgressBar("training")) {
            return finetuner
                    .onResume(step -> progress.println(
                            String.format(Locale.ROOT, "going on with the unfinished run after step %,d", step)))
                    .onStep(step -> progress.show(step.step(), step.totalSteps(), detail(step)))
                    .onEvaluation(evaluation -> progress.println(String.format(
                            Locale.ROOT,
                            "epoch %d: macro F1 %.4f, accuracy %.4f%s",
                            evaluation.epoch(),
                            evaluation.report().macroF1(),
                            evaluation.report().accuracy(),
                            evaluation.best() ? "  (best so far)" : "")))
                    .run(data.train(), data.dev());
        } catch (TrainingStoppedException e) {
            System.err.println(e.getMessage()); // here and not later: the process may be about to end
            throw e;
        }
    }

    private static String detail(StepReport step) {
        return String.format(
                Locale.ROOT,
                "epoch %d  loss %.4f  %,.0f tokens/s ",
                step.epoch() + 1,
                step.loss(),
                step.tokensPerSecond());
    }

    private Provenance provenance(TrainConfig settings, @Nullable Evaluation best) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, JsonNode> config = new LinkedHashMap<>();
        ObjectNode json = mapper.valueToTree(settings);
        json.properties().forEach(entry -> config.put(entry.getKey(), entry.getValue()));
        List<Provenance.DataFile> hashes = new ArrayList<>();
        for (Path file : files) {
            hashes.add(Provenance.DataFile.of(file));
        }
        Provenance provenance = Provenance.now(command)
                .withConfig(config)
                .withData(hashes)
                .withSeed(settings.seed())
                .withParent(String.valueOf(init.getFileName()));
        return best == null
                ? provenance
                : provenance.withMetrics(Map.of(
                        "macro_f1", mapper.valueToTree(best.report().macroF1()),
                        "accuracy", mapper.valueToTree(best.report().accuracy()),
                        "epoch", mapper.valueToTree(best.epoch())));
    }
}
