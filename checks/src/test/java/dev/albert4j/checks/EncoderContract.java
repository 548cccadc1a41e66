package dev.albert4j.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;

/**
 * What every {@link Encoder} promises, whatever multiplies its matrices. A check opens encoders of its own.
 *
 * @param name of the engine, for messages
 * @param open opens it on a model with a number of threads
 * @param tolerance how far values may be from Hugging Face's
 * @param batchTolerance how far a sequence's values in a batch may be from its values alone
 */
record EncoderContract(String name, Opener open, float tolerance, float batchTolerance) {
    /** Opens an engine. */
    @FunctionalInterface
    interface Opener {
        Encoder open(AlbertWeights weights, int numThreads);
    }

    private static final int MAX_LENGTH = 70;
    private static final AlbertConfig CONFIG = AlbertConfig.builder()
            .vocabSize(40)
            .embeddingSize(12)
            .hiddenSize(52)
            .numAttentionHeads(2)
            .numHiddenLayers(2)
            .numHiddenGroups(2)
            .innerGroupNum(2)
            .intermediateSize(100)
            .hiddenAct(Activation.GELU_TANH)
            .maxPositionEmbeddings(MAX_LENGTH)
            .initializerRange(0.2)
            .build();

    /** Every value that the reference implementation computed, for each sequence and for all in one batch. */
    void givesTheReferencesValues(GoldenModel golden) {
        Batch batch = golden.batch();
        try (Encoder encoder = open.open(golden.weights(), 2)) {
            EncoderOutput all = encoder.encode(batch, OutputStates.ALL);
            EncoderOutput last = encoder.encode(batch, OutputStates.LAST);
            assertThat(last.hiddenStates()).hasSize(1);
            for (int i = 0; i < batch.numSequences(); i++) {
                assertRows(all.embeddings(), batch, i, golden.expected("embeddings." + i));
                for (int k = 0; k < all.hiddenStates().size(); k++) {
                    assertRows(all.hiddenStates().get(k), batch, i, golden.expected("hidden_states." + i + "." + k));
                }
                assertRows(last.lastHiddenState(), batch, i, golden.expected("last_hidden_state." + i));
            }
            assertThat(all.hasPoolerOutput()).isEqualTo(golden.has("pooler_output.0"));
            EncoderOutput pooled = encoder.encode(batch, OutputStates.POOLED);
            for (int i = 0; i < batch.numSequences() && all.hasPoolerOutput(); i++) {
                float[] expected = golden.expected("pooler_output." + i);
                for (EncoderOutput output : List.of(all, last, pooled)) {
                    assertClose(row(output.poolerOutput(), i, expected.length), expected, tolerance);
                }
            }
        }
    }

    private void assertRows(float[] actual, Batch batch, int sequence, float[] expected) {
        int columns = expected.length / batch.length(sequence);
        int from = batch.start(sequence) * columns;
        assertClose(Arrays.copyOfRange(actual, from, from + expected.length), expected, tolerance);
    }

    /** Lengths from 1 to the longest, in a batch of any order as alone; the pooled state with the last layer cut short, too. */
    void givesASequenceTheSameInAnyBatch() {
        int[] lengths = IntStream.rangeClosed(1, MAX_LENGTH)
                .map(i -> i * 33 % (MAX_LENGTH + 1))
                .toArray();
        Batch batch = RandomModel.batch(CONFIG, 5, lengths);
        int h = CONFIG.hiddenSize();
        try (Encoder encoder = open.open(weights(), 2)) {
            EncoderOutput together = encoder.encode(batch, OutputStates.LAST);
            assertThat(together.lastHiddenState()).hasSize(batch.numTokens() * h);
            float[] pooled = encoder.encode(batch, OutputStates.POOLED).poolerOutput();
            assertClose(pooled, together.poolerOutput(), batchTolerance);
            for (int i = 0; i < lengths.length; i++) {
                EncoderOutput alone = encoder.encode(sequence(batch, i), OutputStates.LAST);
                assertClose(
                        Arrays.copyOfRange(together.lastHiddenState(), batch.start(i) * h, batch.start(i + 1) * h),
                        alone.lastHiddenState(),
                        batchTolerance);
                assertClose(row(pooled, i, h), alone.poolerOutput(), batchTolerance);
            }
        }
    }

    /** Eight callers at once get what one gets. */
    void servesSeveralCallersAtOnce() {
        List<Batch> batches = IntStream.range(0, 160)
                .mapToObj(i -> RandomModel.batch(CONFIG, i, 1 + i % MAX_LENGTH, 1 + i * 7 % MAX_LENGTH))
                .toList();
        try (Encoder encoder = open.open(weights(), 2)) {
            List<float[]> expected = batches.stream()
                    .map(batch -> encoder.encode(batch, OutputStates.LAST).lastHiddenState())
                    .toList();
            List<float[]> actual = new CallersAtOnce(8)
                    .map(
                            batches,
                            batch -> encoder.encode(batch, OutputStates.LAST).lastHiddenState());
            for (int i = 0; i < expected.size(); i++) {
                assertClose(actual.get(i), expected.get(i), batchTolerance);
            }
        }
    }

    /** What is out of the model's range is the caller's mistake, and the message has the value. */
    void refusesWhatIsOutOfRange() {
        try (Encoder encoder = open.open(weights(), 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.encode(one(new int[] {1, 40}, new int[2]), OutputStates.LAST))
                    .withMessageContaining("40")
                    .withMessageContaining("39");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.encode(one(new int[] {1}, new int[] {2}), OutputStates.POOLED))
                    .withMessageContaining("2");
            int[] tooLong = new int[MAX_LENGTH + 1];
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.encode(one(tooLong, tooLong), OutputStates.LAST))
                    .withMessageContaining("" + tooLong.length)
                    .withMessageContaining("" + MAX_LENGTH);
        }
    }

    /** A closed encoder says that it is closed, and may be closed again. */
    void isOfNoUseAfterClose() {
        Encoder encoder = open.open(weights(), 2);
        Batch batch = RandomModel.batch(CONFIG, 1, 5);
        encoder.encode(batch, OutputStates.LAST);
        encoder.close();
        encoder.close();
        assertThatIllegalStateException().isThrownBy(() -> encoder.encode(batch, OutputStates.LAST));
    }

    /** A thousand calls leave nothing behind. */
    void doesNotGrow() {
        try (Encoder encoder = open.open(weights(), 2)) {
            Batch[] batches = IntStream.rangeClosed(1, MAX_LENGTH)
                    .mapToObj(length -> RandomModel.batch(CONFIG, length, length, MAX_LENGTH))
                    .toArray(Batch[]::new);
            for (Batch batch : batches) {
                encoder.encode(batch, OutputStates.LAST);
            }
            long before = LiveHeap.bytes();
            for (int i = 0; i < 1000; i++) {
                encoder.encode(batches[i % batches.length], OutputStates.LAST);
            }
            assertThat(LiveHeap.bytes() - before).as("bytes left behind").isLessThan(1_000_000);
        }
    }

    private static AlbertWeights weights() {
        return AlbertWeights.initialize(CONFIG, 1);
    }

    private static void assertClose(float[] actual, float[] expected, float tolerance) {
        if (tolerance == 0) {
            assertThat(actual).isEqualTo(expected);
        } else {
            assertThat(actual).containsExactly(expected, Offset.offset(tolerance));
        }
    }

    private static float[] row(float[] rows, int row, int columns) {
        return Arrays.copyOfRange(rows, row * columns, (row + 1) * columns);
    }

    private static Batch one(int[] ids, int[] typeIds) {
        return Batch.of(new int[][] {ids}, new int[][] {typeIds});
    }

    private static Batch sequence(Batch batch, int i) {
        IntStream tokens = IntStream.range(batch.start(i), batch.start(i + 1));
        IntStream same = IntStream.range(batch.start(i), batch.start(i + 1));
        return one(tokens.map(batch::id).toArray(), same.map(batch::typeId).toArray());
    }

    @Override
    public String toString() {
        return name;
    }
}
