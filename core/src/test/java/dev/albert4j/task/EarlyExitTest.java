package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.ExitRule;
import dev.albert4j.model.Head;
import dev.albert4j.model.LayerwiseEncoder;
import dev.albert4j.model.OutputStates;
import dev.albert4j.task.EarlyExit.Exit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarlyExitTest {
    private static final List<String> LABELS = List.of("a", "b", "c");
    private static final AlbertConfig CONFIG = AlbertConfig.builder()
            .head(Head.SEQUENCE_CLASSIFICATION)
            .labels(LABELS)
            .exitClassifiers(true)
            .vocabSize(50)
            .embeddingSize(20)
            .hiddenSize(24)
            .numAttentionHeads(3)
            .numHiddenLayers(6)
            .intermediateSize(40)
            .maxPositionEmbeddings(40)
            .initializerRange(0.3)
            .build();

    /** Against a model of each number of layers, run to its end. */
    @Test
    void aTextLeavesWhereSoManyLayersHaveAgreedWithTheOneBeforeThem() {
        AlbertWeights weights = AlbertWeights.initialize(CONFIG, 5);
        Batch batch = batch(60);
        double[][][] logits = new double[CONFIG.numPasses() + 1][][]; // [layer][sequence][C]
        for (int layer = 1; layer < logits.length; layer++) {
            logits[layer] = logits(weights, layer, batch);
        }
        Set<Integer> layers = new HashSet<>();
        for (int patience = 1; patience < CONFIG.numPasses(); patience++) {
            for (int numThreads : new int[] {1, 3}) {
                try (CpuEncoder encoder = CpuEncoder.of(weights, numThreads)) {
                    EarlyExit exit = EarlyExit.of(EarlyExit.classifiers(weights), encoder, patience);
                    List<Exit> together = exit.run(batch);
                    for (int i = 0; i < batch.numSequences(); i++) {
                        int layer = exit(logits, i, patience);
                        layers.add(layer);
                        assertThat(together.get(i).layer()).isEqualTo(layer);
                        assertThat(together.get(i).logits()).isEqualTo(logits[layer][i]);
                        Exit alone = exit.run(batch.select(new int[] {i})).get(0);
                        assertThat(alone.layer()).isEqualTo(layer);
                        assertThat(alone.logits()).isEqualTo(logits[layer][i]);
                    }
                }
            }
        }
        assertThat(layers).containsExactlyInAnyOrder(2, 3, 4, 5, 6);
    }

    /** The first layer before which so many pairs of neighbours agree. */
    private static int exit(double[][][] logits, int sequence, int patience) {
        for (int layer = patience + 1; layer < logits.length; layer++) {
            boolean agree = true;
            for (int before = layer - patience; before < layer; before++) {
                agree &= argmax(logits[before][sequence]) == argmax(logits[layer][sequence]);
            }
            if (agree) {
                return layer;
            }
        }
        return logits.length - 1;
    }

    private static int argmax(double[] values) {
        int best = 0;
        for (int c = 0; c < values.length; c++) {
            best = values[c] > values[best] ? c : best;
        }
        return best;
    }

    /** What the classifier of a layer makes of the pooled states of a model that ends there, [B][C]. */
    private static double[][] logits(AlbertWeights weights, int layer, Batch batch) {
        AlbertConfig shallower =
                CONFIG.toBuilder().numHiddenLayers(layer).exitClassifiers(false).build();
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.names().stream()
                .filter(name -> !name.startsWith("exit_classifiers."))
                .forEach(name -> values.put(name, weights.values(name)));
        String name = layer == CONFIG.numPasses() ? "classifier" : "exit_classifiers." + (layer - 1);
        float[] weight = weights.values(name + ".weight");
        float[] bias = weights.values(name + ".bias");
        int h = CONFIG.hiddenSize();
        double[][] logits = new double[batch.numSequences()][LABELS.size()];
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.of(shallower, values), 1)) {
            float[] pooled = encoder.encode(batch, OutputStates.POOLED).poolerOutput();
            for (int i = 0; i < logits.length; i++) {
                for (int c = 0; c < LABELS.size(); c++) {
                    logits[i][c] = bias[c];
                    for (int in = 0; in < h; in++) {
                        logits[i][c] += (double) weight[c * h + in] * pooled[i * h + in];
                    }
                }
            }
        }
        return logits;
    }

    private static Batch batch(int numSequences) {
        Random random = new Random(1);
        int[][] ids = new int[numSequences][];
        int[][] typeIds = new int[numSequences][];
        for (int i = 0; i < numSequences; i++) {
            ids[i] = random.ints(1 + i % 37, 0, CONFIG.vocabSize()).toArray();
            typeIds[i] = new int[ids[i].length];
        }
        return Batch.of(ids, typeIds);
    }

    /** The counter goes up with each layer that says the same as the one before it, and back to 0 with one that does not. */
    @ParameterizedTest
    @CsvSource({
        "aaaaaa, 1, 2",
        "aaaaaa, 3, 4",
        "aaaaaa, 5, 6",
        "abbbbb, 1, 3",
        "abbaaa, 2, 6",
        "ababab, 1, 6",
        "abaabb, 1, 4",
        "aabbaa, 2, 6",
        "aaabcc, 2, 3"
    })
    void patienceIsCountedAsInTheReference(String labels, int patience, int layer) {
        EarlyExit exit = EarlyExit.of(EarlyExit.classifiers(oneHot()), new Scripted(labels), patience);
        Exit found = exit.run(Batch.of(new int[][] {{1}}, new int[][] {{0}})).get(0);
        assertThat(found.layer()).isEqualTo(layer);
        assertThat(argmax(found.logits())).isEqualTo(labels.charAt(layer - 1) - 'a');
    }

    /** Every classifier gives the first three values of the pooled state. */
    private static AlbertWeights oneHot() {
        AlbertWeights weights = AlbertWeights.initialize(CONFIG, 1);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (String name : weights.names()) {
            float[] array = weights.values(name).clone();
            if (name.endsWith("classifier.weight") || name.matches("exit_classifiers.*weight")) {
                for (int i = 0; i < array.length; i++) {
                    array[i] = i % CONFIG.hiddenSize() == i / CONFIG.hiddenSize() ? 1 : 0;
                }
            }
            values.put(name, array);
        }
        return AlbertWeights.of(CONFIG, values);
    }

    /** Pooled states that mean a label after each layer. */
    private record Scripted(String labels) implements LayerwiseEncoder {
        @Override
        public void encode(Batch batch, ExitRule rule) {
            boolean leaves = false;
            for (int layer = 1; layer <= labels.length() && !leaves; layer++) {
                float[] pooled = new float[CONFIG.hiddenSize()];
                pooled[labels.charAt(layer - 1) - 'a'] = 1;
                leaves = rule.leaves(0, layer, pooled);
            }
        }

        @Override
        public EncoderOutput encode(Batch batch, OutputStates output) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AlbertConfig config() {
            return CONFIG;
        }

        @Override
        public void close() {}
    }

    /** Another engine: it does not go layer by layer. */
    private record WholeEncoder() implements Encoder {
        @Override
        public AlbertConfig config() {
            return CONFIG;
        }

        @Override
        public EncoderOutput encode(Batch batch, OutputStates output) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void aPatienceThatCannotBeHadIsRefused() {
        AlbertWeights weights = oneHot();
        Encoder encoder = new Scripted("aaaaaa");
        for (int patience : new int[] {-1, 0, 6}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EarlyExit.of(EarlyExit.classifiers(weights), encoder, patience))
                    .withMessage("patience " + patience + " is not between 1 and 5, one less than the model's layers");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EarlyExit.of(EarlyExit.classifiers(weights), new WholeEncoder(), 2))
                .withMessage("patience needs an engine that goes layer by layer, cpu or int8, not WholeEncoder");
        AlbertConfig without = CONFIG.toBuilder().exitClassifiers(false).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EarlyExit.of(EarlyExit.classifiers(AlbertWeights.initialize(without, 1)), encoder, 2))
                .withMessage(
                        "patience needs a model with exit classifiers, but this one has a classifier on its last layer only");
    }
}
