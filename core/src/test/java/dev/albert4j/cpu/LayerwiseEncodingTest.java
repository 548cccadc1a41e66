package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import dev.albert4j.model.Int8Matrix;
import dev.albert4j.model.OutputStates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** {@link CpuEncoder}, layer by layer. */
class LayerwiseEncodingTest {
    private static final AlbertConfig CONFIG = AlbertConfig.builder()
            .vocabSize(50)
            .embeddingSize(20)
            .hiddenSize(78)
            .numAttentionHeads(3)
            .numHiddenLayers(5)
            .intermediateSize(130)
            .maxPositionEmbeddings(300)
            .initializerRange(0.3)
            .build();
    private static final int[] LENGTHS = {1, 7, 300, 33, 1, 64, 5, 290, 128, 12, 2, 2, 90};

    @Test
    void aSequenceLeavesWithWhatAModelOfAsManyLayersGives() {
        AlbertWeights weights = AlbertWeights.initialize(CONFIG, 1);
        Batch batch = batch(LENGTHS);
        float[][][] expected = new float[CONFIG.numPasses() + 1][][]; // [layer][sequence][H]
        for (int layer = 1; layer < expected.length; layer++) {
            AlbertConfig shallower = CONFIG.toBuilder().numHiddenLayers(layer).build();
            try (CpuEncoder encoder = CpuEncoder.of(weights.withConfig(shallower), 1)) {
                expected[layer] =
                        rows(encoder.encode(batch, OutputStates.POOLED).poolerOutput());
            }
        }
        for (int numThreads : new int[] {1, 2, 5}) {
            try (CpuEncoder encoder = CpuEncoder.of(weights, numThreads)) {
                assertLayers(encoder, batch, expected);
                for (int i = 0; i < batch.numSequences(); i++) {
                    int sequence = i;
                    int layers = exitOf(sequence);
                    List<float[]> seen = new ArrayList<>();
                    encoder.encode(batch.select(new int[] {i}), (alone, layer, pooled) -> {
                        assertThat(alone).isZero();
                        seen.add(pooled);
                        return layer == layers;
                    });
                    assertThat(seen).hasSize(layers);
                    assertThat(seen.get(layers - 1)).isEqualTo(expected[layers][i]);
                }
            }
        }
    }

    /** Sequence i leaves at {@link #exitOf}; after every layer until then it is shown. */
    private static void assertLayers(CpuEncoder encoder, Batch batch, float[][][] expected) {
        int[] passed = new int[batch.numSequences()];
        encoder.encode(batch, (sequence, layer, pooled) -> {
            assertThat(layer).isEqualTo(++passed[sequence]);
            assertThat(pooled).isEqualTo(expected[layer][sequence]);
            return layer == exitOf(sequence);
        });
        for (int i = 0; i < passed.length; i++) {
            assertThat(passed[i]).isEqualTo(exitOf(i));
        }
    }

    private static int exitOf(int sequence) {
        return 1 + sequence * 3 % CONFIG.numPasses();
    }

    @Test
    void layersAreCountedOverGroupsAndInnerLayers() {
        AlbertConfig config = CONFIG.toBuilder()
                .numHiddenLayers(4)
                .numHiddenGroups(2)
                .innerGroupNum(2)
                .build();
        AlbertWeights weights = AlbertWeights.initialize(config, 2);
        Batch batch = batch(9, 4);
        float[] weight = weights.values("albert.pooler.weight");
        float[] bias = weights.values("albert.pooler.bias");
        int h = config.hiddenSize();
        List<Integer> layers = new ArrayList<>();
        try (CpuEncoder encoder = CpuEncoder.of(weights, 2)) {
            List<float[]> states = encoder.encode(batch, OutputStates.ALL).hiddenStates();
            encoder.encode(batch, (sequence, layer, pooled) -> {
                layers.add(layer);
                float[] expected = new float[h];
                for (int out = 0; out < h; out++) {
                    double sum = bias[out];
                    for (int in = 0; in < h; in++) {
                        sum += (double) weight[out * h + in] * states.get(layer)[batch.start(sequence) * h + in];
                    }
                    expected[out] = (float) Math.tanh(sum);
                }
                assertThat(pooled).containsExactly(expected, Offset.offset(1e-5f));
                return false;
            });
        }
        assertThat(layers).containsExactly(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8);
    }

    @Test
    void inEightBitsASequenceIsShownTheSameAloneAsInABatch() {
        Batch batch = batch(LENGTHS);
        float[][][] together = new float[batch.numSequences()][CONFIG.numPasses()][];
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(CONFIG, 4), 3, Int8Products.inJava())) {
            encoder.encode(batch, (sequence, layer, pooled) -> {
                together[sequence][layer - 1] = pooled;
                return layer == exitOf(sequence);
            });
            for (int i = 0; i < batch.numSequences(); i++) {
                float[][] alone = new float[CONFIG.numPasses()][];
                int layers = exitOf(i);
                encoder.encode(batch.select(new int[] {i}), (sequence, layer, pooled) -> {
                    alone[layer - 1] = pooled;
                    return layer == layers;
                });
                assertThat(alone).isDeepEqualTo(together[i]);
                assertThat(alone[layers - 1]).isNotNull();
            }
        }
    }

    @Test
    void whatHasLeftIsNotComputed() {
        CountedRows counted = new CountedRows();
        Batch batch = batch(10, 3, 20);
        int[] exits = {2, 1, 4};
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(CONFIG, 3), 1, counted)) {
            encoder.encode(batch, (sequence, layer, pooled) -> layer == exits[sequence]);
        }
        // First tokens at four layers: of 3, 2, 1, 1 sequences; whole layers: of 10 + 20, 20, 20 tokens.
        assertThat(counted.feedForwardRows).isEqualTo(3 + 2 + 1 + 1 + 30 + 20 + 20);
    }

    @Test
    void aModelWithoutPoolerIsRefused() {
        AlbertConfig config = CONFIG.toBuilder().head(Head.TOKEN_CLASSIFICATION).build();
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(config, 1), 1)) {
            assertThatThrownBy(() -> encoder.encode(batch(4), (sequence, layer, pooled) -> true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the model has no pooler, whose output tells when to leave");
        }
    }

    /** Plain Java's products, and how many rows the first feed-forward matrix was multiplied with. */
    private static final class CountedRows implements Int8Products {
        private final Int8Products products = Int8Products.inJava();
        private int feedForwardRows;

        @Override
        public Product pack(Int8Matrix weights) {
            Product product = products.pack(weights);
            boolean counts = weights.scales().length == CONFIG.intermediateSize();
            return (x, numRows, y, offset, stride, withRow) -> {
                feedForwardRows += counts ? numRows : 0;
                product.multiply(x, numRows, y, offset, stride, withRow);
            };
        }

        @Override
        public void close() {
            products.close();
        }
    }

    private static float[][] rows(float[] values) {
        int h = CONFIG.hiddenSize();
        float[][] rows = new float[values.length / h][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(values, i * h, (i + 1) * h));
        return rows;
    }

    private static Batch batch(int... lengths) {
        return CpuEncoderTest.randomBatch(CONFIG.vocabSize(), lengths);
    }
}
