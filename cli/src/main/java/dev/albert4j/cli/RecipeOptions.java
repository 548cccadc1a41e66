package dev.albert4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.train.FrozenPart;
import dev.albert4j.train.OptimizerType;
import dev.albert4j.train.TrainConfig;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a training run goes: optimizer, schedule, what is trained, when it ends. */
final class RecipeOptions {
    /** The dropout that the published models were fine-tuned with (google-research/albert, its models' configurations). */
    enum Preset {
        ALBERT_V1(0.1),
        ALBERT_V2(0);

        private static final double BEFORE_HEAD = 0.1; // of run_classifier.py, whatever the version
        private final double dropout;

        Preset(double dropout) {
            this.dropout = dropout;
        }

        /** Sets what is not set yet. */
        void applyTo(ObjectNode settings) {
            settings.putIfAbsent("hiddenDropout", settings.numberNode(dropout));
            settings.putIfAbsent("attentionDropout", settings.numberNode(dropout));
            settings.putIfAbsent("classifierDropout", settings.numberNode(BEFORE_HEAD));
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "P",
            description = "dropout as published: albert-v1 (0.1) or albert-v2 (none but before the head)")
    private @Nullable String preset;

    @Option(
            names = "--optimizer",
            paramLabel = "O",
            description = "adamw (default), or lamb: for large batches and learning rates")
    private @Nullable OptimizerType optimizer;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            description = "the learning rate after the warm-up: linear (default) or cosine fall to 0, or constant")
    private TrainConfig.@Nullable Schedule schedule;

    @Option(
            names = "--head-learning-rate",
            paramLabel = "R",
            description = "highest learning rate of the task's head (default: that of the rest)")
    private @Nullable Double headLearningRate;

    @Option(
            names = "--freeze",
            paramLabel = "PART",
            description = "leave a part as it is: embeddings, or encoder to train the head alone (default none)")
    private @Nullable FrozenPart freeze;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "end after N evaluations without a better metric (default: take all steps)")
    private @Nullable Integer patience;

    /**
     * Adds these to the settings that were given.
     *
     * @param evaluates whether there are development texts
     */
    void applyTo(ObjectNode settings, boolean evaluates) {
        put(settings, "optimizer", optimizer);
        put(settings, "schedule", schedule);
        put(settings, "freeze", freeze);
        if (headLearningRate != null) {
            settings.put("headLearningRate", headLearningRate);
        }
        if (patience != null) {
            settings.put("patience", patience);
        }
        if (!evaluates && settings.path("patience").asInt() > 0) {
            throw new IllegalArgumentException("patience " + settings.get("patience")
                    + " needs texts to evaluate on: give --dev FILE or --dev-share R");
        }
        if (preset != null) {
            preset(preset).applyTo(settings);
        }
    }

    private static void put(ObjectNode settings, String name, @Nullable Enum<?> value) {
        if (value != null) {
            settings.put(name, value.name());
        }
    }

    private static Preset preset(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "albert-v1" -> Preset.ALBERT_V1;
            case "albert-v2" -> Preset.ALBERT_V2;
            default ->
                throw new IllegalArgumentException(
                        "--preset " + name + " is not known; there are albert-v1 and albert-v2");
        };
    }
}
