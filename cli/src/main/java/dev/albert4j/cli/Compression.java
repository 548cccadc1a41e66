package dev.albert4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Importance;
import dev.albert4j.train.Pruning;
import dev.albert4j.train.TrainingTask;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is taken away from a model.
 *
 * @param layers passes through the shared layers that stay; null for all
 * @param headShare part of the attention heads to take out; null for none
 * @param neuronShare part of the feed-forward neurons to take out; null for none
 */
record Compression(
        @Nullable Integer layers,
        @Nullable Double headShare,
        @Nullable Double neuronShare) {
    /** @throws IllegalArgumentException if a part is not between 0 and 1 */
    Compression {
        checkShare("--prune-heads", headShare);
        checkShare("--prune-neurons", neuronShare);
    }

    private static void checkShare(String option, @Nullable Double share) {
        if (share != null && !(share > 0 && share < 1)) {
            throw new IllegalArgumentException(option + " " + share + " is not above 0 and below 1");
        }
    }

    /** Whether it has to be known what is important. */
    boolean prunes() {
        return headShare != null || neuronShare != null;
    }

    /** @throws IllegalArgumentException if a model of this shape cannot lose as much */
    void check(AlbertConfig config) {
        if (layers != null && (layers < config.numHiddenGroups() || layers > config.numHiddenLayers())) {
            throw new IllegalArgumentException("--layers " + layers + " is not between " + config.numHiddenGroups()
                    + " and the model's " + config.numHiddenLayers());
        }
        numKept("--prune-heads", headShare, config.numAttentionHeads());
        numKept("--prune-neurons", neuronShare, config.intermediateSize());
    }

    private static int numKept(String option, @Nullable Double share, int all) {
        if (share == null) {
            return all;
        }
        int numPruned = (int) Math.round(share * all);
        if (numPruned == 0 || numPruned == all) {
            throw new IllegalArgumentException(
                    option + " " + share + " of " + all + " is " + (numPruned == 0 ? "none" : "all of them"));
        }
        return all - numPruned;
    }

    /** The model with fewer layers; of several classifiers, the one of the layer that is then the last becomes the model's own. */
    AlbertWeights shallower(AlbertWeights weights) {
        AlbertConfig config = weights.config();
        if (layers == null || layers == config.numHiddenLayers()) {
            return weights;
        }
        AlbertConfig.Builder shallower = config.toBuilder().numHiddenLayers(layers);
        if (!config.exitClassifiers()) {
            return weights.withConfig(shallower.build());
        }
        int numExits = layers * config.innerGroupNum() - 1;
        AlbertConfig result = shallower.exitClassifiers(numExits > 0).build();
        Map<String, float[]> values = new LinkedHashMap<>();
        for (AlbertParameters.Parameter parameter : AlbertParameters.of(result)) {
            String name = parameter.name();
            values.put(name, weights.values(name.replaceFirst("^classifier", "exit_classifiers." + numExits)));
        }
        return AlbertWeights.of(result, values);
    }

    /**
     * The model without its least important heads and neurons.
     *
     * @param task with the examples by which importance is measured
     */
    AlbertWeights pruned(AlbertWeights weights, Vocabulary vocabulary, TrainingTask task) {
        AlbertConfig config = weights.config();
        Importance importance;
        try (ProgressBar progress = new ProgressBar("measuring importance")) {
            importance = Importance.measure(weights, vocabulary, task, (done, all) -> progress.show(done, all, ""));
        }
        AlbertWeights pruned = weights;
        if (headShare != null) {
            int numKept = numKept("--prune-heads", headShare, config.numAttentionHeads());
            pruned = Pruning.heads(pruned, numKept, importance);
        }
        if (neuronShare != null) {
            int numKept = numKept("--prune-neurons", neuronShare, config.intermediateSize());
            pruned = Pruning.neurons(pruned, numKept, importance);
        }
        return pruned;
    }

    /** The same for a provenance: what was asked for, and the shape that came out. */
    Map<String, JsonNode> describe(AlbertConfig result) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        fields.put("numHiddenLayers", json.numberNode(result.numHiddenLayers()));
        if (headShare != null) {
            fields.put("prunedHeads", json.numberNode(headShare));
        }
        if (neuronShare != null) {
            fields.put("prunedNeurons", json.numberNode(neuronShare));
        }
        fields.put("numAttentionHeads", json.numberNode(result.numAttentionHeads()));
        fields.put("intermediateSize", json.numberNode(result.intermediateSize()));
        return fields;
    }
}
