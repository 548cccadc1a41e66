package dev.albert4j.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.cpu.Int8Products;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import dev.albert4j.onednn.OneDnn;
import dev.albert4j.onnx.OnnxEncoder;
import dev.albert4j.train.TorchEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every engine to {@link EncoderContract}. */
class EncoderContractTest {
    private static final float ONE_STEP = 0.01f;

    static Stream<EncoderContract> engines() {
        return Stream.of(
                new EncoderContract("cpu", CpuEncoder::of, 1e-5f, 0),
                new EncoderContract("int8", EncoderContractTest::int8, 0.2f, 0),
                new EncoderContract("int8 in Java", EncoderContractTest::int8InJava, 0.2f, 0),
                new EncoderContract("torch", TorchEncoder::new, 1e-5f, 1e-5f),
                new EncoderContract("onnx", OnnxEncoder::of, 1e-5f, 1e-5f));
    }

    private static Encoder int8(AlbertWeights weights, int numThreads) {
        return CpuEncoder.of(weights, numThreads, OneDnn.orJava());
    }

    private static Encoder int8InJava(AlbertWeights weights, int numThreads) {
        return CpuEncoder.of(weights, numThreads, Int8Products.inJava());
    }

    @ParameterizedTest
    @MethodSource("engines")
    @Tag("shared")
    void givesTheReferencesValues(EncoderContract engine) throws IOException {
        for (Path directory : GoldenModel.directories()) {
            engine.givesTheReferencesValues(GoldenModel.read(directory));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void givesASequenceTheSameInAnyBatch(EncoderContract engine) {
        engine.givesASequenceTheSameInAnyBatch();
    }

    @Test
    void enginesAgreeOnAModelWhoseHeadsWerePruned() {
        AlbertConfig config = RandomModel.tiny().toBuilder()
                .vocabSize(50)
                .numAttentionHeads(7)
                .headSize(26)
                .intermediateSize(875)
                .numHiddenLayers(2)
                .initializerRange(0.1)
                .build();
        AlbertWeights weights = RandomModel.weights(config, 3);
        Batch batch = RandomModel.batch(config, 4, 1, 130, 64, 7);
        try (Encoder torch = new TorchEncoder(weights);
                Encoder cpu = CpuEncoder.of(weights, 2);
                Encoder onnx = OnnxEncoder.of(weights, 2)) {
            EncoderOutput expected = torch.encode(batch, OutputStates.ALL);
            for (Encoder encoder : List.of(cpu, onnx)) {
                assertClose(encoder.encode(batch, OutputStates.ALL), expected, 2e-5f);
                assertThat(encoder.encode(batch, OutputStates.POOLED).poolerOutput())
                        .containsExactly(expected.poolerOutput(), within(1e-5f));
            }
        }
    }

    @Test
    void inEightBitsOneDnnAndJavaDifferByRoundingAlone() {
        AlbertConfig config = RandomModel.tiny().toBuilder().vocabSize(50).build();
        AlbertWeights weights = RandomModel.weights(config, 5);
        Batch batch = RandomModel.batch(config, 4, 1, 130, 64, 7);
        try (Encoder oneDnn = int8(weights, 2);
                Encoder java = int8InJava(weights, 2);
                Encoder floats = CpuEncoder.of(weights, 2)) {
            EncoderOutput expected = oneDnn.encode(batch, OutputStates.ALL);
            // where rounding differs, an input of a product may be a step larger or smaller
            assertClose(java.encode(batch, OutputStates.ALL), expected, ONE_STEP);
            assertThat(rootMeanSquare(java.encode(batch, OutputStates.LAST), expected))
                    .isLessThan(rootMeanSquare(floats.encode(batch, OutputStates.LAST), expected) / 10);
        }
    }

    private static double rootMeanSquare(EncoderOutput one, EncoderOutput other) {
        double sum = 0;
        for (int i = 0; i < one.lastHiddenState().length; i++) {
            sum += Math.pow(one.lastHiddenState()[i] - other.lastHiddenState()[i], 2);
        }
        return Math.sqrt(sum / one.lastHiddenState().length);
    }

    private static void assertClose(EncoderOutput actual, EncoderOutput expected, float tolerance) {
        for (int state = 0; state < expected.hiddenStates().size(); state++) {
            assertThat(actual.hiddenStates().get(state))
                    .containsExactly(expected.hiddenStates().get(state), within(tolerance));
        }
        assertThat(actual.poolerOutput()).containsExactly(expected.poolerOutput(), within(tolerance));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void servesSeveralCallersAtOnce(EncoderContract engine) {
        engine.servesSeveralCallersAtOnce();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void refusesWhatIsOutOfRange(EncoderContract engine) {
        engine.refusesWhatIsOutOfRange();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void isOfNoUseAfterClose(EncoderContract engine) {
        engine.isOfNoUseAfterClose();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void doesNotGrow(EncoderContract engine) {
        engine.doesNotGrow();
    }
}
