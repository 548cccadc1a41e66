package dev.albert4j.task;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.LayerwiseEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * Classification that ends at the layer where the answer has settled: "BERT Loses Patience" (Zhou et al. 2020, section 3). Each
 * layer has a classifier; a text leaves at the first whose label is that of as many layers before it as the patience is. Thread-safe.
 */
final class EarlyExit {
    private final LayerwiseEncoder encoder;
    private final List<LinearHead> classifiers; // one for each layer, from the first
    private final int patience;

    /**
     * Where a sequence left the encoder.
     *
     * @param logits of that layer's classifier, [C]
     * @param layer number of layers that were computed, of the last one the first token
     */
    record Exit(double[] logits, int layer) {}

    private EarlyExit(LayerwiseEncoder encoder, List<LinearHead> classifiers, int patience) {
        this.encoder = encoder;
        this.classifiers = List.copyOf(classifiers);
        this.patience = patience;
    }

    /** The classifiers of a model's layers, from the first to the last; none if the model has no exit classifiers. */
    static List<LinearHead> classifiers(AlbertWeights weights) {
        AlbertConfig config = weights.config();
        List<LinearHead> classifiers = new ArrayList<>();
        if (config.exitClassifiers()) {
            for (int exit = 0; exit < config.numPasses() - 1; exit++) {
                classifiers.add(LinearHead.of(weights, "exit_classifiers." + exit));
            }
            classifiers.add(LinearHead.of(weights, "classifier"));
        }
        return classifiers;
    }

    /**
     * @param classifiers of {@link #classifiers}
     * @throws IllegalArgumentException as {@link TextClassifier#withPatience}
     */
    static EarlyExit of(List<LinearHead> classifiers, Encoder encoder, int patience) {
        if (classifiers.isEmpty()) {
            throw new IllegalArgumentException(
                    "patience needs a model with exit classifiers, but this one has a classifier on its last layer only");
        }
        int numExits = classifiers.size() - 1;
        if (patience < 1 || patience > numExits) {
            throw new IllegalArgumentException("patience " + patience + " is not between 1 and " + numExits
                    + ", one less than the model's layers");
        }
        if (!(encoder instanceof LayerwiseEncoder layerwise)) {
            throw new IllegalArgumentException("patience needs an engine that goes layer by layer, cpu or int8, not "
                    + encoder.getClass().getSimpleName());
        }
        return new EarlyExit(layerwise, classifiers, patience);
    }

    /** Runs a batch; gives the exit of each sequence. */
    List<Exit> run(Batch batch) {
        Exit[] exits = new Exit[batch.numSequences()];
        int[] labels = new int[exits.length]; // at the layer before
        int[] counters = new int[exits.length]; // layers on end that said the same as the one before them
        encoder.encode(batch, (sequence, layer, pooled) -> {
            double[] logits = classifiers.get(layer - 1).apply(pooled, 0);
            int label = TextClassifier.best(logits);
            counters[sequence] = layer > 1 && label == labels[sequence] ? counters[sequence] + 1 : 0;
            labels[sequence] = label;
            exits[sequence] = new Exit(logits, layer);
            return counters[sequence] == patience;
        });
        return List.of(exits);
    }
}
