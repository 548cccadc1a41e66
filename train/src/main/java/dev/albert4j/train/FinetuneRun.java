package dev.albert4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.task.ModelThresholds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The state of one fine-tuning run: model, trainer, best weights, history; to and from a checkpoint. Not thread-safe. */
final class FinetuneRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HISTORY = "history";
    private static final String PARAMETER = "parameter.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String BEST = "best.";

    private final AlbertModel model;
    private final Trainer trainer;
    private final TrainConfig config;
    private final TrainingTask.@Nullable Development development;
    private final ModelEncoder encoder;
    private final RunSettings settings;
    private final List<Evaluation> history = new ArrayList<>();
    private @Nullable AlbertWeights best;

    /** @param settings what the run was started with */
    FinetuneRun(
            AlbertModel model,
            Trainer trainer,
            TrainConfig config,
            TrainingTask.@Nullable Development development,
            RunSettings settings) {
        this.model = model;
        this.trainer = trainer;
        this.config = config;
        this.development = development;
        this.encoder = new ModelEncoder(model, trainer.workers(), config.microBatchTokens());
        this.settings = settings;
    }

    /** Whether the model is to be evaluated after this step. */
    boolean isDue(StepReport report) {
        long interval = config.evaluateEverySteps() > 0 ? config.evaluateEverySteps() : trainer.stepsPerEpoch();
        return development != null && (report.step() % interval == 0 || trainer.isDone());
    }

    /** Whether all steps are taken, or the metric has not become better for so long that the settings call it the end. */
    boolean isOver() {
        return trainer.isDone() || config.isOutOfPatience(history);
    }

    /**
     * Evaluates the model and keeps its weights if they are the best so far.
     *
     * @throws IllegalArgumentException if the task has no such metric as the settings name
     */
    Evaluation evaluate(StepReport step) {
        AlbertWeights weights = present();
        Report report = Objects.requireNonNull(development, "development data").evaluate(weights, encoder);
        Evaluation evaluation = evaluation(step.step(), step.epoch() + 1, report);
        if (evaluation.best()) {
            best = weights;
        }
        return evaluation;
    }

    private Evaluation evaluation(long step, int epoch, Report report) {
        String name =
                config.metric().isEmpty() ? report.metrics().keySet().iterator().next() : config.metric();
        double value = report.metric(name);
        double metric = Report.isLowerBetter(name) ? -value : value;
        MagnitudePruning pruning = trainer.pruning(); // weights of which too few are 0 are no result
        boolean isBest = pruning.isReached(step)
                && history.stream()
                        .filter(earlier -> pruning.isReached(earlier.step()))
                        .allMatch(earlier -> metric > earlier.metric());
        Evaluation evaluation = new Evaluation(step, epoch, report, metric, isBest);
        history.add(evaluation);
        return evaluation;
    }

    /** The result as it stands: the best weights with the thresholds that their evaluation chose. */
    Finetuned result() {
        AlbertWeights weights = best == null ? present() : best;
        for (Evaluation evaluation : history) {
            if (evaluation.best()) {
                AlbertConfig chosen = ModelThresholds.with(
                        weights.config(), evaluation.report().chosen());
                weights = weights.withConfig(chosen);
            }
        }
        return new Finetuned(weights, history);
    }

    /** The model's present weights as they will be used. */
    private AlbertWeights present() {
        return config.quantize().of(model.weights());
    }

    Checkpoint checkpoint() {
        Map<String, String> texts = new LinkedHashMap<>(settings.texts());
        texts.put(HISTORY, writeHistory());
        Map<String, float[]> tensors = new LinkedHashMap<>();
        tensors.putAll(Checkpoint.prefixed(PARAMETER, Tensors.floats(model.parameters())));
        tensors.putAll(Checkpoint.prefixed(OPTIMIZER, trainer.optimizer().state()));
        if (best != null) {
            AlbertWeights kept = best;
            model.parameters().keySet().forEach(name -> tensors.put(BEST + name, kept.values(name)));
        }
        return new Checkpoint(trainer.numSteps(), texts, tensors);
    }

    /**
     * Goes on from a checkpoint.
     *
     * @throws IllegalArgumentException if it is not of such a model
     */
    void restore(Checkpoint checkpoint) {
        Map<String, float[]> parameters = checkpoint.tensors(PARAMETER);
        model.parameters().forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(parameters, name)));
        trainer.optimizer().restore(checkpoint.tensors(OPTIMIZER), checkpoint.step());
        trainer.seek(checkpoint.step());
        readHistory(checkpoint.settings().getOrDefault(HISTORY, "[]"));
        Map<String, float[]> kept = checkpoint.tensors(BEST);
        best = kept.isEmpty() ? null : config.quantize().of(AlbertWeights.of(model.config(), kept));
    }

    private String writeHistory() {
        ArrayNode array = JSON.createArrayNode();
        for (Evaluation evaluation : history) {
            ObjectNode entry = array.addObject();
            entry.put("step", evaluation.step()).put("epoch", evaluation.epoch());
            entry.set("report", JSON.valueToTree(evaluation.report()));
        }
        return array.toString();
    }

    private void readHistory(String json) {
        history.clear();
        try {
            for (JsonNode entry : JSON.readTree(json)) {
                Report report = JSON.treeToValue(entry.get("report"), Report.class);
                evaluation(entry.get("step").asLong(), entry.get("epoch").asInt(), report);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the checkpoint's history cannot be read", e);
        }
    }

    /** Saves the run, where it has a directory. */
    void save(@Nullable RunDirectory directory) throws IOException {
        if (directory != null) {
            directory.save(checkpoint());
        }
    }
}
