package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.DataType;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.Provenance;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.train.Distillation;
import dev.albert4j.train.Evaluation;
import dev.albert4j.train.Finetuned;
import dev.albert4j.train.Finetuner;
import dev.albert4j.train.RunDirectory;
import dev.albert4j.train.RunReport;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fine-tunes a model for a task from a model directory and writes the result as one. */
@SuppressWarnings("try") // the hook and the lock act by being open
final class Finetuning {
    private final Path init;
    private final Path output; // absolute
    private final boolean fp16;
    private List<String> command = List.of();
    private List<Path> files = List.of();
    private @Nullable Path tensorboard;
    private DistillationOptions distillation = new DistillationOptions();
    private boolean earlyExit;
    private @Nullable Integer repeatedPositions;
    private boolean keepsFinished;

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

    /** Has event files for TensorBoard written to a directory. */
    void watch(@Nullable Path tensorboard) {
        this.tensorboard = tensorboard;
    }

    /** Has the model learn from a teacher too, if these name one. */
    void learnFrom(DistillationOptions distillation) {
        this.distillation = distillation;
    }

    /** Gives the model a classifier after each layer. */
    void exitEarly(boolean earlyExit) {
        this.earlyExit = earlyExit;
    }

    /** Has the model read texts of the longest length, with its positions from this one on as copies of those before, if it is given. */
    void repeatPositions(@Nullable Integer repeatedPositions) {
        this.repeatedPositions = repeatedPositions;
    }

    /** Has a model that such a run has already written left as it is, and one of another run refused, instead of replaced. */
    void keepFinished() {
        keepsFinished = true;
    }

    /**
     * Trains on the data, writes the model, and prints the report of the best weights if there are development data.
     *
     * @return that report's metrics; none without development data
     */
    Map<String, Double> run(TaskData data, ObjectNode given) throws IOException {
        ModelDirectory parent = ModelDirectory.open(init);
        Tokenizer tokenizer = Models.tokenizer(parent);
        ObjectNode completed = given.deepCopy();
        data.complete(completed, parent);
        TrainConfig settings = settings(completed, parent.config());
        AlbertWeights weights = withPositions(
                initialWeights(parent, configure(parent.config(), data), settings.seed()), settings.maxLength());
        Finetuner finetuner = new Finetuner(weights, tokenizer, settings);
        AlbertWeights teacher = teacher(tokenizer, weights.config(), settings);
        OutputPath.checkRun(output, tensorboard);
        RunDirectory run = new RunDirectory(output.resolveSibling(output.getFileName() + ".run"));
        try (EndHook hook = new EndHook();
                RunLock lock = RunLock.of(run.path())) {
            System.err.println(data.description());
            TrainingTasks tasks =
                    new TrainingTasks(tokenizer, settings.maxLength()).withThresholds(settings.thresholds());
            TrainingTask task = task(data.task(tasks, settings), teacher);
            FinishedRun present = new FinishedRun(output, finetuner.settings(task), fp16);
            if (keepsFinished && !run.hasCheckpoint() && present.exists()) {
                System.err.println(output + " is finished: kept");
                return present.metrics();
            }
            RunRecord record = new RunRecord(run.path(), tensorboard);
            Finetuned result = record.train(finetuner.in(run), task, settings);
            Evaluation best = save(result, tokenizer, settings, present, data.sentences(settings, parent));
            record.moveTo(output, report(data, settings, best));
            run.delete();
            System.err.println("wrote " + output);
            if (best == null) {
                return Map.of();
            }
            System.out.print(best.report().text());
            return best.report().metrics();
        }
    }

    private AlbertWeights withPositions(AlbertWeights weights, int maxLength) {
        if (repeatedPositions == null) {
            return weights;
        }
        int numPositions = weights.config().maxPositionEmbeddings();
        if (repeatedPositions < 1 || repeatedPositions > numPositions || repeatedPositions >= maxLength) {
            throw new IllegalArgumentException("--repeat-positions " + repeatedPositions + " is not between 1 and "
                    + Math.min(numPositions, maxLength - 1) + ": the model has " + numPositions
                    + " positions, and --max-length is " + maxLength);
        }
        return weights.repeatedPositions(repeatedPositions, Math.max(numPositions, maxLength));
    }

    private AlbertConfig configure(AlbertConfig parent, TaskData data) {
        AlbertConfig withoutTask =
                parent.toBuilder().finetuningTask("").exitClassifiers(false).build();
        return data.configure(withoutTask).toBuilder()
                .exitClassifiers(earlyExit)
                .build();
    }

    private @Nullable AlbertWeights teacher(Tokenizer tokenizer, AlbertConfig student, TrainConfig settings)
            throws IOException {
        AlbertWeights teacher = distillation.open(tokenizer);
        if (teacher != null) {
            Distillation.check(teacher, student, settings);
        }
        return teacher;
    }

    private static TrainingTask task(TrainingTask task, @Nullable AlbertWeights teacher) {
        return teacher == null ? task : Distillation.of(task, teacher);
    }

    /** Writes the model; gives the evaluation that chose its weights, if there was one. */
    private @Nullable Evaluation save(
            Finetuned result,
            Tokenizer tokenizer,
            TrainConfig settings,
            FinishedRun present,
            @Nullable SentenceConfig sentences)
            throws IOException {
        Evaluation best = result.history().stream()
                .filter(Evaluation::best)
                .reduce((earlier, later) -> later)
                .orElse(null);
        ModelDirectory.save(
                output,
                result.weights(),
                tokenizer,
                present.addTo(provenance(settings, best)),
                fp16 ? DataType.F16 : DataType.F32,
                sentences);
        return best;
    }

    private RunReport report(TaskData data, TrainConfig settings, @Nullable Evaluation best) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("command", "albert " + String.join(" ", command));
        facts.put("started from", String.valueOf(init.getFileName()));
        facts.put("data", data.description());
        return new RunReport(String.valueOf(output.getFileName()), facts, settings, best);
    }

    /** What was given, and for what was not what suits the model. */
    private static TrainConfig settings(ObjectNode settings, AlbertConfig model) {
        if (!settings.has("maxLength")) {
            settings.put("maxLength", Math.min(512, model.maxPositionEmbeddings()));
        }
        if (!settings.has("learningRate")) {
            settings.put("learningRate", model.hiddenSize() < 512 ? 5e-4 : 5e-5);
        }
        return TrainConfig.parse(settings.toString());
    }

    private static AlbertWeights initialWeights(ModelDirectory parent, AlbertConfig config, long seed)
            throws IOException {
        if (!parent.hasWeights()) {
            System.err.println(parent.path() + " has no weights: training from scratch");
            return AlbertWeights.initialize(config, seed);
        }
        boolean sameTask = parent.config().head() == config.head()
                && parent.config().labels().equals(config.labels())
                && parent.config().finetuningTask().equals(config.finetuningTask());
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
            values.put(name, (name.contains("classifier") ? fresh : weights).values(name));
        }
        return AlbertWeights.of(weights.config(), values);
    }

    private Provenance provenance(TrainConfig settings, @Nullable Evaluation best) throws IOException {
        ObjectNode json = new ObjectMapper().valueToTree(settings);
        return RunProvenance.of(command, files, json, settings.seed(), best)
                .withParent(String.valueOf(init.getFileName()));
    }
}
