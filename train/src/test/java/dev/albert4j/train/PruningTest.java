package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class PruningTest {
    private static final AlbertConfig CONFIG =
            TinyModels.config().toBuilder().hiddenSize(12).numAttentionHeads(3).build();
    private static final AlbertWeights WEIGHTS = AlbertWeights.initialize(CONFIG, 7);
    private static final List<String> LAYERS = Importance.layers(CONFIG);

    private final List<Example> examples = TinyModels.examples(6, 1);
    private final Batch batch = TinyModels.batch(examples);

    @Test
    void importanceIsTheSlopeOfTheLossOverAPartsOutputOfEachExample() {
        Importance importance = measure(WEIGHTS);
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            String name = LAYERS.get(layer);
            for (int head = 0; head < CONFIG.numAttentionHeads(); head++) {
                assertThat(importance.heads().get(layer)[head])
                        .as("%s head %d", name, head)
                        .isCloseTo(meanSlope(name + ".attention.dense.weight", 4 * head, 4 * head + 4), within(2e-4));
            }
            for (int neuron = 0; neuron < CONFIG.intermediateSize(); neuron++) {
                assertThat(importance.neurons().get(layer)[neuron])
                        .as("%s neuron %d", name, neuron)
                        .isCloseTo(meanSlope(name + ".ffn_output.weight", neuron, neuron + 1), within(2e-4));
            }
        }
        assertThat(importance.heads()).allSatisfy(heads -> assertThat(heads[0]).isPositive());
    }

    /** The mean over examples of the loss's change per change of a factor on some columns of a matrix. */
    private double meanSlope(String matrix, int from, int to) {
        double epsilon = 0.02;
        double sum = 0;
        for (Example example : examples) {
            double above = loss(scaled(WEIGHTS, matrix, from, to, 1 + epsilon), example);
            double below = loss(scaled(WEIGHTS, matrix, from, to, 1 - epsilon), example);
            sum += Math.abs((above - below) / (2 * epsilon));
        }
        return sum / examples.size();
    }

    private static double loss(AlbertWeights weights, Example example) {
        try (AlbertModel model = new AlbertModel(weights);
                PointerScope scope = new PointerScope()) {
            PackedBatch one = PackedBatch.ofExamples(List.of(example), model.device());
            return Loss.CLASSIFICATION
                    .of(model, one, List.of(example), TrainConfig.DEFAULT, ClassWeights.NONE)
                    .item_float();
        }
    }

    @Test
    void aPartThatNothingDependsOnHasNoImportanceAndIsNotMissed() {
        AlbertWeights weights = WEIGHTS;
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            int head = layer % CONFIG.numAttentionHeads();
            weights = scaled(weights, LAYERS.get(layer) + ".attention.dense.weight", 4 * head, 4 * head + 4, 0);
            weights = scaled(weights, LAYERS.get(layer) + ".ffn_output.weight", 2 + layer, 4 + layer, 0);
        }
        Importance importance = measure(weights);
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            assertThat(importance.heads().get(layer)[layer % CONFIG.numAttentionHeads()])
                    .isZero();
            assertThat(importance.neurons().get(layer)[2 + layer]).isZero();
            assertThat(importance.neurons().get(layer)[3 + layer]).isZero();
        }
        AlbertWeights pruned =
                Pruning.neurons(Pruning.heads(weights, 2, importance), CONFIG.intermediateSize() - 2, importance);
        assertThat(pruned.config().numAttentionHeads()).isEqualTo(2);
        assertThat(pruned.config().headSize()).isEqualTo(4);
        assertThat(pruned.values(LAYERS.get(0) + ".attention.query.weight")).hasSize(8 * 12);
        assertThat(pruned.values(LAYERS.get(0) + ".ffn_output.weight")).hasSize(12 * 10);
        assertSame(onCpu(pruned), onCpu(weights), 1e-6f);
        assertSame(onTorch(pruned), onTorch(weights), 1e-6f);
    }

    @Test
    void bothEnginesComputeAPrunedModelAlike() {
        Importance importance = measure(WEIGHTS);
        AlbertWeights pruned = Pruning.neurons(Pruning.heads(WEIGHTS, 1, importance), 7, importance);
        assertSame(onCpu(pruned), onTorch(pruned), 1e-5f);
    }

    @Test
    void theLeastImportantPartsGo() {
        assertThat(Pruning.mostImportant(new double[] {0.1, 0.4, 0.2, 0.3}, 2)).containsExactly(1, 3);
        assertThat(Pruning.mostImportant(new double[] {1, 1, 1}, 2)).containsExactly(0, 1);
        assertThat(Pruning.mostImportant(new double[] {Double.NaN, 0}, 2)).containsExactly(0, 1);
    }

    @Test
    void atLeastOnePartOfALayerStays() {
        Importance importance = measure(WEIGHTS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pruning.heads(WEIGHTS, 0, importance))
                .withMessage("0 heads of a layer cannot stay, only 1 to 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pruning.neurons(WEIGHTS, 13, importance))
                .withMessage("13 neurons of a layer cannot stay, only 1 to 12");
    }

    private Importance measure(AlbertWeights weights) {
        ExampleTask task = new ExampleTask(Loss.CLASSIFICATION, examples, null, "");
        return Importance.measure(weights, TinyModels.vocabulary(), task, (done, all) -> {});
    }

    private static AlbertWeights scaled(AlbertWeights weights, String matrix, int from, int to, double factor) {
        Map<String, float[]> values = new HashMap<>();
        weights.names().forEach(name -> values.put(name, weights.values(name)));
        float[] scaled = weights.values(matrix).clone();
        int columns = scaled.length / CONFIG.hiddenSize();
        for (int i = 0; i < scaled.length; i++) {
            if (i % columns >= from && i % columns < to) {
                scaled[i] *= (float) factor;
            }
        }
        values.put(matrix, scaled);
        return AlbertWeights.of(weights.config(), values);
    }

    private EncoderOutput onCpu(AlbertWeights weights) {
        try (CpuEncoder encoder = CpuEncoder.of(weights, 2)) {
            return encoder.encode(batch, OutputStates.LAST);
        }
    }

    private EncoderOutput onTorch(AlbertWeights weights) {
        try (TorchEncoder encoder = new TorchEncoder(weights)) {
            return encoder.encode(batch, OutputStates.LAST);
        }
    }

    private static void assertSame(EncoderOutput actual, EncoderOutput expected, float tolerance) {
        assertThat(actual.lastHiddenState()).containsExactly(expected.lastHiddenState(), within(tolerance));
        assertThat(actual.poolerOutput()).containsExactly(expected.poolerOutput(), within(tolerance));
    }
}
