package dev.albert4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.cpu.MaskedLanguageHead;
import dev.albert4j.io.OnnxFile;
import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Written files in plain ONNX Runtime against the encoder and the heads of core. */
class OnnxModelTest {
    private static final float TOLERANCE = 2e-5f;

    /** What 8 bits may change in states that LayerNorm keeps near 1, after ten passes of random weights. */
    private static final float INT8_TOLERANCE = 0.2f;

    private static final List<OnnxPrecision> EIGHT_BITS = List.of(OnnxPrecision.INT8, OnnxPrecision.UINT8);

    @TempDir
    Path directory;

    private final Batch batch = TinyModel.batch(7, 1, 24, 12);

    @ParameterizedTest
    @EnumSource(Activation.class)
    void aBareEncoderGivesItsStates(Activation activation) throws IOException, OrtException {
        AlbertConfig config =
                TinyModel.config(Head.NONE).toBuilder().hiddenAct(activation).build();
        AlbertWeights weights = AlbertWeights.initialize(config, 3);
        OnnxRun run = OnnxRun.of(written(weights, OnnxPrecision.FP32), batch, 0);
        assertThat(run.outputs()).containsOnlyKeys("last_hidden_state", "pooler_output");
        EncoderOutput expected = encoded(weights);
        assertTokens(run.output("last_hidden_state"), 32, expected.lastHiddenState(), TOLERANCE);
        assertThat(run.output("pooler_output")).containsExactly(expected.poolerOutput(), within(TOLERANCE));
    }

    @Test
    void aClassifierGivesALogitForEachLabel() throws IOException, OrtException {
        AlbertWeights weights = TinyModel.weights(Head.SEQUENCE_CLASSIFICATION, "a", "b", "c");
        OnnxRun run = OnnxRun.of(written(weights, OnnxPrecision.FP32), batch, 0);
        assertThat(run.shapes()).containsOnlyKeys("logits").containsEntry("logits", List.of(4L, 3L));
        float[] expected = linear(weights, "classifier", encoded(weights).poolerOutput());
        assertThat(run.output("logits")).containsExactly(expected, within(TOLERANCE));
    }

    @Test
    void aTaggerGivesLogitsForEachToken() throws IOException, OrtException {
        AlbertWeights weights = TinyModel.weights(Head.TOKEN_CLASSIFICATION, "O", "B-x", "I-x");
        OnnxRun run = OnnxRun.of(written(weights, OnnxPrecision.FP32), batch, 0);
        assertThat(run.shapes()).containsOnlyKeys("logits").containsEntry("logits", List.of(4L, 24L, 3L));
        float[] expected = linear(weights, "classifier", encoded(weights).lastHiddenState());
        assertTokens(run.output("logits"), 3, expected, TOLERANCE);
    }

    @Test
    void aModelThatAnswersQuestionsGivesStartAndEnd() throws IOException, OrtException {
        AlbertWeights weights = TinyModel.weights(Head.QUESTION_ANSWERING);
        OnnxRun run = OnnxRun.of(written(weights, OnnxPrecision.FP32), batch, 0);
        assertThat(run.outputs()).containsOnlyKeys("start_logits", "end_logits");
        float[] expected = linear(weights, "qa_outputs", encoded(weights).lastHiddenState());
        assertTokens(run.output("start_logits"), 1, column(expected, 0), TOLERANCE);
        assertTokens(run.output("end_logits"), 1, column(expected, 1), TOLERANCE);
    }

    @Test
    void multipleChoiceGivesALogitForEachChoice() throws IOException, OrtException {
        AlbertWeights weights = TinyModel.weights(Head.MULTIPLE_CHOICE);
        OnnxRun run = OnnxRun.of(written(weights, OnnxPrecision.FP32), batch, 2);
        assertThat(run.shapes()).containsOnlyKeys("logits").containsEntry("logits", List.of(2L, 2L));
        float[] expected = linear(weights, "classifier", encoded(weights).poolerOutput());
        assertThat(run.output("logits")).containsExactly(expected, within(TOLERANCE));
    }

    @Test
    void languageModelsGiveALogitForEachPiece() throws IOException, OrtException {
        for (Head head : List.of(Head.MASKED_LM, Head.PRE_TRAINING)) {
            AlbertWeights weights = TinyModel.weights(head);
            OnnxRun run = OnnxRun.of(written(weights, OnnxPrecision.FP32), batch, 0);
            int[] places = IntStream.range(0, batch.numTokens()).toArray();
            float[] expected =
                    MaskedLanguageHead.of(weights).logits(encoded(weights).lastHiddenState(), places);
            assertTokens(run.output(head == Head.MASKED_LM ? "logits" : "prediction_logits"), 50, expected, 1e-4f);
            if (head == Head.PRE_TRAINING) {
                float[] order = linear(
                        weights, "sop_classifier.classifier", encoded(weights).poolerOutput());
                assertThat(run.output("sop_logits")).containsExactly(order, within(TOLERANCE));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Head.class)
    void everyHeadRunsInEightBitsAndStaysNearItself(Head head) throws IOException, OrtException {
        AlbertWeights weights = TinyModel.weights(head);
        int choices = head == Head.MULTIPLE_CHOICE ? 2 : 0;
        Batch equal = TinyModel.batch(9, 9, 9, 9);
        OnnxRun exact = OnnxRun.of(written(weights, OnnxPrecision.FP32), equal, choices);
        for (OnnxPrecision precision : EIGHT_BITS) {
            OnnxRun rounded = OnnxRun.of(written(weights, precision), equal, choices);
            assertThat(rounded.shapes()).isEqualTo(exact.shapes());
            boolean overflows = precision == OnnxPrecision.INT8 && !Int8Sums.areExact();
            exact.outputs().forEach((name, values) -> {
                assertThat(rootMeanSquare(values, rounded.output(name)))
                        .as("%s in %s", name, precision)
                        .isPositive()
                        .isLessThan(overflows ? Double.MAX_VALUE : INT8_TOLERANCE);
            });
        }
    }

    @Test
    void theEncoderInEightBitsIsNearTheExactOneOnEveryProcessor() {
        AlbertWeights weights = TinyModel.weights(Head.NONE);
        float[] exact = encoded(weights).lastHiddenState();
        for (OnnxPrecision precision : EIGHT_BITS) {
            try (OnnxEncoder encoder = OnnxEncoder.of(weights, 1, precision, ExecutionProvider.CPU)) {
                float[] rounded = encoder.encode(batch, OutputStates.LAST).lastHiddenState();
                assertThat(rootMeanSquare(exact, rounded)).isPositive().isLessThan(INT8_TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Head.class)
    void everyArrayStandsInTheFileOnceAndIsReadAgain(Head head) throws IOException {
        AlbertWeights weights = TinyModel.weights(head);
        Path file = written(weights, OnnxPrecision.FP32);
        long bytes = 4 * AlbertParameters.count(weights.config());
        assertThat(Files.size(file)).isBetween(bytes, bytes + 30_000);
        try (OnnxFile tensors = OnnxFile.open(file)) {
            assertThat(tensors.isQuantized()).isFalse();
            AlbertWeights again = AlbertWeights.load(weights.config(), tensors);
            for (String name : weights.names()) {
                assertThat(again.values(name)).as(name).isEqualTo(weights.values(name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OnnxPrecision.class,
            names = {"INT8", "UINT8"})
    void anEightBitFileIsReadAsTheFloatsItStandsFor(OnnxPrecision precision) throws IOException {
        AlbertWeights weights = TinyModel.weights(Head.MASKED_LM);
        try (OnnxFile tensors = OnnxFile.open(written(weights, precision))) {
            assertThat(tensors.isQuantized()).isTrue();
            AlbertWeights again = AlbertWeights.load(weights.config(), tensors);
            for (String name : weights.names()) {
                float[] values = weights.values(name);
                float largest = 0;
                for (float value : values) {
                    largest = Math.max(largest, Math.abs(value));
                }
                assertThat(again.values(name)).as(name).containsExactly(values, within(largest / 253));
            }
        }
    }

    @Test
    void aModelBeyondTwoGigabytesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxModel.checkSize(1L << 31))
                .withMessageContaining("2147483648 bytes")
                .withMessageContaining("at most 2147483647");
    }

    private Path written(AlbertWeights weights, OnnxPrecision precision) throws IOException {
        Path file = directory.resolve(precision + ".onnx");
        OnnxModel.write(weights, precision, file);
        return file;
    }

    private EncoderOutput encoded(AlbertWeights weights) {
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1)) {
            return encoder.encode(batch, OutputStates.LAST);
        }
    }

    /** A head as the tasks of core compute it, in double precision. */
    private static float[] linear(AlbertWeights weights, String name, float[] rows) {
        float[] weight = weights.values(name + ".weight");
        float[] bias = weights.values(name + ".bias");
        int h = weights.config().hiddenSize();
        float[] result = new float[rows.length / h * bias.length];
        for (int i = 0; i < result.length; i++) {
            double sum = bias[i % bias.length];
            for (int k = 0; k < h; k++) {
                sum += (double) weight[i % bias.length * h + k] * rows[i / bias.length * h + k];
            }
            result[i] = (float) sum;
        }
        return result;
    }

    private static float[] column(float[] pairs, int column) {
        float[] values = new float[pairs.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = pairs[2 * i + column];
        }
        return values;
    }

    /** @param padded [B, T, columns]; compared where there are tokens */
    private void assertTokens(float[] padded, int columns, float[] expected, float tolerance) {
        float[] tokens = new float[expected.length];
        for (int sequence = 0; sequence < batch.numSequences(); sequence++) {
            int from = sequence * batch.maxLength() * columns;
            int to = batch.start(sequence) * columns;
            System.arraycopy(padded, from, tokens, to, batch.length(sequence) * columns);
        }
        assertThat(tokens).containsExactly(expected, within(tolerance));
    }

    private static double rootMeanSquare(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum / a.length);
    }
}
