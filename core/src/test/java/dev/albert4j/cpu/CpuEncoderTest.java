package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.io.DataType;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no reference values; those are in {@link CpuEncoderGoldenTest}. */
class CpuEncoderTest {
    private static final AlbertConfig CONFIG = AlbertConfig.builder()
            .vocabSize(50)
            .embeddingSize(20)
            .hiddenSize(78)
            .numAttentionHeads(3)
            .numHiddenLayers(2)
            .innerGroupNum(2)
            .intermediateSize(130)
            .hiddenAct(Activation.GELU_ERF)
            .maxPositionEmbeddings(300)
            .initializerRange(0.3)
            .build();

    @TempDir
    Path directory;

    @Test
    void aSequenceInABatchGivesWhatItGivesAlone() {
        Batch batch = batch(1, 7, 300, 33, 1, 64, 5, 290, 128, 12);
        AlbertWeights weights = AlbertWeights.initialize(CONFIG, 1);
        try (CpuEncoder one = CpuEncoder.of(weights, 1);
                CpuEncoder two = CpuEncoder.of(weights, 2);
                CpuEncoder five = CpuEncoder.of(weights, 5)) {
            EncoderOutput expected = one.encode(batch, OutputStates.ALL);
            assertSame(two.encode(batch, OutputStates.ALL), expected);
            assertSame(five.encode(batch, OutputStates.ALL), expected);
            assertThat(two.encode(batch, OutputStates.LAST).lastHiddenState()).isEqualTo(expected.lastHiddenState());
            assertThat(two.encode(batch, OutputStates.POOLED).poolerOutput()).isEqualTo(expected.poolerOutput());
            int h = CONFIG.hiddenSize();
            for (int i = 0; i < batch.numSequences(); i++) {
                EncoderOutput single = two.encode(sequence(batch, i), OutputStates.LAST);
                assertThat(single.lastHiddenState())
                        .isEqualTo(Arrays.copyOfRange(
                                expected.lastHiddenState(), batch.start(i) * h, batch.start(i + 1) * h));
                assertThat(single.poolerOutput())
                        .isEqualTo(Arrays.copyOfRange(expected.poolerOutput(), i * h, (i + 1) * h));
            }
        }
    }

    @Test
    void weightsReadFromAFileBlockByBlockGiveWhatThoseInMemoryGive() throws IOException {
        AlbertConfig wide = CONFIG.toBuilder()
                .hiddenSize(390)
                .intermediateSize(1501)
                .build(); // several blocks a matrix, no round sizes
        AlbertWeights weights = AlbertWeights.initialize(wide, 6);
        Path path = directory.resolve("model.safetensors");
        weights.write(path, DataType.F32);
        Batch batch = batch(5, 40);
        try (Safetensors file = Safetensors.open(path);
                CpuEncoder read = CpuEncoder.of(AlbertWeights.open(wide, file), 1);
                CpuEncoder held = CpuEncoder.of(weights, 1)) {
            assertSame(read.encode(batch, OutputStates.ALL), held.encode(batch, OutputStates.ALL));
        }
    }

    @Test
    void threadsThatShareTheColumnsOfFewRowsGiveWhatOneGives() {
        // wide enough for products of few rows to be cut into tasks
        AlbertConfig wide = CONFIG.toBuilder()
                .hiddenSize(384)
                .intermediateSize(1536)
                .innerGroupNum(1)
                .build();
        AlbertWeights weights = AlbertWeights.initialize(wide, 4);
        try (CpuEncoder one = CpuEncoder.of(weights, 1);
                CpuEncoder two = CpuEncoder.of(weights, 2);
                CpuEncoder three = CpuEncoder.of(weights, 3)) {
            for (Batch batch : new Batch[] {batch(1), batch(7), batch(3, 12), batch(17), batch(18), batch(40)}) {
                EncoderOutput expected = one.encode(batch, OutputStates.ALL);
                assertSame(two.encode(batch, OutputStates.ALL), expected);
                assertSame(three.encode(batch, OutputStates.ALL), expected);
            }
        }
    }

    @Test
    void inPlainJavaItIsBitForBitTheSame() {
        Batch batch = batch(40, 3, 100);
        AlbertWeights weights = AlbertWeights.initialize(CONFIG, 2);
        try (CpuEncoder plain = CpuEncoder.inPlainJava(weights, 2);
                CpuEncoder vector = CpuEncoder.of(weights, 2)) {
            assertThat(plain.toString()).contains("scalar");
            assertThat(plain.encode(batch, OutputStates.LAST).lastHiddenState())
                    .isEqualTo(vector.encode(batch, OutputStates.LAST).lastHiddenState());
            assertThat(plain.encode(batch, OutputStates.POOLED).poolerOutput())
                    .isEqualTo(vector.encode(batch, OutputStates.POOLED).poolerOutput());
        }
    }

    @Test
    void scalarAndVectorKernelsAgree() {
        Batch batch = batch(40, 3, 100);
        AlbertWeights weights = AlbertWeights.initialize(CONFIG, 2);
        try (CpuEncoder scalar = CpuEncoder.of(weights, 2, new ScalarKernels(), null);
                CpuEncoder vector = CpuEncoder.of(weights, 2)) {
            assertThat(vector.encode(batch, OutputStates.LAST).lastHiddenState())
                    .containsExactly(scalar.encode(batch, OutputStates.LAST).lastHiddenState(), Offset.offset(1e-5f));
        }
    }

    @Test
    void aModelWithoutPoolerGivesNoPooledState() {
        AlbertConfig config = CONFIG.toBuilder().head(Head.TOKEN_CLASSIFICATION).build();
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(config, 1), 1)) {
            assertThat(encoder.encode(batch(4), OutputStates.POOLED).hasPoolerOutput())
                    .isFalse();
            assertThat(encoder.encode(batch(4), OutputStates.LAST).hasPoolerOutput())
                    .isFalse();
        }
    }

    @Test
    void whatIsOutOfTheModelsRangeIsRefusedWithItsRange() {
        try (CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(CONFIG, 1), 1)) {
            assertRefused(encoder, new int[] {1, 50}, new int[2], "id 50 is not between 0 and 49");
            assertRefused(encoder, new int[] {-1}, new int[1], "id -1 is not between 0 and 49");
            assertRefused(encoder, new int[] {1}, new int[] {2}, "type id 2 is not between 0 and 1");
            assertRefused(
                    encoder, new int[301], new int[301], "a sequence has 301 tokens, but the model takes 1 to 300");
        }
        assertThatThrownBy(() -> CpuEncoder.of(AlbertWeights.initialize(CONFIG, 1), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("numThreads is 0, but must be at least 1");
    }

    @Test
    void aClosedEncoderSaysSoAndMayBeClosedAgain() {
        CpuEncoder encoder = CpuEncoder.of(AlbertWeights.initialize(CONFIG, 1), 2);
        encoder.close();
        encoder.close();
        assertThatThrownBy(() -> encoder.encode(batch(3), OutputStates.LAST))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the encoder is closed");
    }

    @Test
    void partsHoldWholeSequencesOfAtMostSoManyTokens() {
        Batch batch = batch(5, 5, 11, 300, 2, 8);
        assertThat(Part.split(batch, 10))
                .containsExactly(
                        new Part(batch, 0, 2), new Part(batch, 2, 3), new Part(batch, 3, 4), new Part(batch, 4, 6));
    }

    private static void assertRefused(CpuEncoder encoder, int[] ids, int[] typeIds, String message) {
        Batch batch = Batch.of(new int[][] {ids}, new int[][] {typeIds});
        assertThatThrownBy(() -> encoder.encode(batch, OutputStates.LAST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static void assertSame(EncoderOutput actual, EncoderOutput expected) {
        assertThat(actual.embeddings()).isEqualTo(expected.embeddings());
        assertThat(actual.hiddenStates()).hasSameSizeAs(expected.hiddenStates());
        for (int k = 0; k < expected.hiddenStates().size(); k++) {
            assertThat(actual.hiddenStates().get(k))
                    .isEqualTo(expected.hiddenStates().get(k));
        }
        assertThat(actual.poolerOutput()).isEqualTo(expected.poolerOutput());
    }

    private static Batch batch(int... lengths) {
        return randomBatch(CONFIG.vocabSize(), lengths);
    }

    /** Sequences of these lengths, always the same. */
    static Batch randomBatch(int vocabSize, int... lengths) {
        Random random = new Random(Arrays.hashCode(lengths));
        int[][] ids = new int[lengths.length][];
        int[][] typeIds = new int[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            ids[i] = random.ints(lengths[i], 0, vocabSize).toArray();
            typeIds[i] = random.ints(lengths[i], 0, 2).toArray();
        }
        return Batch.of(ids, typeIds);
    }

    private static Batch sequence(Batch batch, int i) {
        int[] ids = new int[batch.length(i)];
        int[] typeIds = new int[batch.length(i)];
        for (int t = 0; t < ids.length; t++) {
            ids[t] = batch.id(batch.start(i) + t);
            typeIds[t] = batch.typeId(batch.start(i) + t);
        }
        return Batch.of(new int[][] {ids}, new int[][] {typeIds});
    }
}
