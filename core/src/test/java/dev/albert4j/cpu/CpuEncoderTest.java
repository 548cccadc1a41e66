package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CpuEncoderTest {
    private static final AlbertConfig CONFIG = AlbertConfig.builder()
            .head(Head.SEQUENCE_CLASSIFICATION)
            .vocabSize(50)
            .embeddingSize(10)
            .hiddenSize(36)
            .numHiddenLayers(4)
            .numHiddenGroups(2)
            .innerGroupNum(2)
            .numAttentionHeads(3)
            .intermediateSize(40)
            .maxPositionEmbeddings(64)
            .initializerRange(0.2)
            .build();

    @Test
    void aSequenceInABatchGivesWhatItGivesAlone() {
        int[][] ids = new int[9][];
        int[][] typeIds = new int[9][];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.ints(new int[] {1, 64, 2, 17, 33, 5, 16, 48, 3}[i], 0, 50)
                    .toArray();
            typeIds[i] = random.ints(ids[i].length, 0, 2).toArray();
        }
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(CONFIG, 3), 2, PreferredKernels.get())) {
            Batch batch = Batch.of(ids, typeIds);
            EncoderOutput together = encoder.encode(batch, OutputStates.ALL);
            EncoderOutput pooled = encoder.encode(batch, OutputStates.POOLED);
            for (int i = 0; i < ids.length; i++) {
                Batch one = Batch.of(new int[][] {ids[i]}, new int[][] {typeIds[i]});
                EncoderOutput alone = encoder.encode(one, OutputStates.ALL);
                assertRows(together.lastHiddenState(), batch.start(i), batch.length(i), alone.lastHiddenState());
                assertRows(together.poolerOutput(), i, 1, alone.poolerOutput());
                assertRows(pooled.poolerOutput(), i, 1, alone.poolerOutput());
            }
        }
    }

    private static void assertRows(float[] actual, int start, int rows, float[] expected) {
        int h = CONFIG.hiddenSize();
        assertThat(Arrays.copyOfRange(actual, start * h, (start + rows) * h)).containsExactly(expected, within(1e-5f));
    }
}
