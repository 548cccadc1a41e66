package dev.albert4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.task.SentenceEmbedder;
import dev.albert4j.train.FrozenPart;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Texts alone, or pairs of texts that belong together, to learn embeddings from; pairs to evaluate on. */
final class EmbeddingData implements TaskData {
    private static final double DROPOUT = 0.1; // of SimCSE, Gao et al. 2021
    private static final int BATCH_SIZE = 64;

    private final Split<LabeledText> texts;
    private final boolean normalize;
    private final boolean pairs;
    private final boolean scored;

    /**
     * @param normalize whether vectors are to have length 1
     * @param devFile where the development pairs come from, for the message
     * @throws IllegalArgumentException naming the line of a text that does not fit the others, or of a training pair with a label
     */
    EmbeddingData(Split<LabeledText> texts, boolean normalize, Path trainFile, Path devFile) {
        this.texts = texts;
        this.normalize = normalize;
        this.pairs = check(trainFile, () -> SentenceEmbedder.arePairs(texts.train()));
        this.scored = check(devFile, () -> SentenceEmbedder.isScored(texts.dev()));
        for (LabeledText text : texts.train()) {
            if (pairs && !text.label().isBlank()) {
                throw new IllegalArgumentException(
                        trainFile + " line " + text.line() + ": has the label \"" + text.label()
                                + "\"; a training pair is two texts that belong together, without a label (to learn scores: --task"
                                + " similarity)");
            }
        }
    }

    private static boolean check(Path file, BooleanSupplier property) {
        try {
            return property.getAsBoolean();
        } catch (BadExampleException e) {
            throw new IllegalArgumentException(file + " " + e.getMessage(), e);
        }
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d %s to learn from, %,d pairs%s to evaluate on",
                texts.train().size(),
                pairs ? "pairs of texts" : "texts",
                texts.dev().size(),
                scored ? " with scores" : "");
    }

    @Override
    public AlbertConfig configure(AlbertConfig model) {
        return ExampleData.head(Head.NONE).apply(model);
    }

    @Override
    public void complete(ObjectNode settings, ModelDirectory parent) {
        if (settings.path("labelSmoothing").asDouble() != 0 || settings.hasNonNull("headLearningRate")) {
            throw new IllegalArgumentException(
                    "embeddings have no labels and no head: --label-smoothing and --head-learning-rate are for other tasks");
        }
        if (settings.path("freeze").asText().equals(FrozenPart.ENCODER.name())) {
            throw new IllegalArgumentException("--freeze encoder leaves nothing to train: embeddings have no head");
        }
        List<String> metrics = FinetuneTask.EMBEDDING.metrics();
        List<String> measured = scored ? metrics.subList(0, 2) : metrics.subList(2, metrics.size());
        String metric = settings.path("metric").asText("");
        if (!texts.dev().isEmpty() && !metric.isEmpty() && !measured.contains(metric)) {
            throw new IllegalArgumentException("--metric " + metric + " is not measured on pairs "
                    + (scored ? "with scores" : "without labels") + "; there are " + measured);
        }
        settings.putIfAbsent("batchSize", settings.numberNode(BATCH_SIZE));
        parent.sentences()
                .ifPresent(sentences -> settings.putIfAbsent(
                        "pooling", settings.textNode(sentences.pooling().name())));
        if (!pairs) {
            drop(settings, "hiddenDropout", parent.config().hiddenDropoutProb());
            drop(settings, "attentionDropout", parent.config().attentionProbsDropoutProb());
            if (List.of("hiddenDropout", "attentionDropout", "wordDropout", "wordRemoval").stream()
                    .allMatch(name -> settings.path(name).asDouble() == 0)) {
                throw new IllegalArgumentException(
                        "a text is paired with itself, and dropout alone makes the difference:"
                                + " give --dropout or --attention-dropout above 0");
            }
        }
    }

    private static void drop(ObjectNode settings, String name, double ofModel) {
        if (!settings.hasNonNull(name)) {
            settings.put(name, ofModel == 0 ? DROPOUT : ofModel);
        }
    }

    @Override
    public SentenceConfig sentences(TrainConfig settings, ModelDirectory parent) {
        boolean normalized =
                normalize || parent.sentences().map(SentenceConfig::normalized).orElse(false);
        return new SentenceConfig(settings.pooling(), normalized, settings.maxLength());
    }

    @Override
    public TrainingTask task(TrainingTasks tasks, TrainConfig settings) {
        return tasks.embeddings(texts.train(), texts.dev(), settings.pooling());
    }
}
