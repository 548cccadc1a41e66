package dev.albert4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.task.ThresholdTuning;
import dev.albert4j.train.FrozenPart;
import dev.albert4j.train.OptimizerType;
import dev.albert4j.train.Rounding;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.WrongSettingException;
import java.util.List;
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
            names = "--layer-decay",
            paramLabel = "F",
            description =
                    "the encoder learns at F times the head's rate, and the embeddings at F times the encoder's (default 1)")
    private @Nullable Double layerDecay;

    @Option(
            names = "--class-weights",
            paramLabel = "W",
            description =
                    "how much each label counts in classification and ner: balanced, rare ones more (n / (C * count)); or"
                            + " label=weight,…, others 1")
    private @Nullable String classWeights;

    @Option(
            names = "--tune-thresholds",
            paramLabel = "HOW",
            description =
                    "multi-label: choose on the development texts from which probability on labels are given: label, one for"
                            + " each, by its F1; global, one for all, by micro F1; none (default): 0.5")
    private @Nullable ThresholdTuning thresholds;

    @Option(
            names = "--freeze",
            paramLabel = "PART",
            description = "leave a part as it is: embeddings, or encoder to train the head alone (default none)")
    private @Nullable FrozenPart freeze;

    @Option(
            names = "--sparsity",
            paramLabel = "R",
            description = "set this share of the layers' weights to 0, the smallest, more and more of them (default 0)")
    private @Nullable Double sparsity;

    @Option(
            names = "--quantize",
            paramLabel = "TYPE",
            description =
                    "int8: train with the rounding of 8 bits, and store the model so (engine int8); none (default): floats")
    private @Nullable Rounding quantize;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "end after N evaluations without a better metric (default: take all steps)")
    private @Nullable Integer patience;

    /**
     * Adds the preset to the settings that were given, and checks that there is what they need.
     *
     * @param evaluates whether there are development texts
     */
    void applyTo(ObjectNode settings, FinetuneTask kind, boolean evaluates) {
        if (!evaluates && settings.path("patience").asInt() > 0) {
            throw new WrongSettingException(
                    "patience",
                    settings.get("patience") + " needs texts to evaluate on: give --dev FILE or --dev-share R");
        }
        String thresholds = settings.path("thresholds").asText(ThresholdTuning.NONE.name());
        if (!thresholds.equals(ThresholdTuning.NONE.name()) && !(kind == FinetuneTask.MULTI_LABEL && evaluates)) {
            throw new WrongSettingException(
                    "thresholds",
                    thresholds + " needs --task multi-label and texts to choose by: give --dev FILE or --dev-share R");
        }
        if (kind == FinetuneTask.FILL_MASK) {
            refuseWordDropout(settings);
        }
        if (preset != null) {
            preset(preset).applyTo(settings);
        }
    }

    private static void refuseWordDropout(ObjectNode settings) {
        for (String name : List.of("wordDropout", "wordRemoval")) {
            if (settings.path(name).asDouble() != 0) {
                throw new WrongSettingException(
                        name, settings.get(name) + " is not for --task fill-mask, which hides words itself");
            }
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
