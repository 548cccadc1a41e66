package dev.albert4j.checks;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.cpu.Int8Products;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.onednn.OneDnn;
import dev.albert4j.onnx.OnnxEncoder;
import dev.albert4j.train.TorchEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every engine to {@link EncoderContract}. */
class EncoderContractTest {
    static Stream<EncoderContract> engines() {
        return Stream.of(
                new EncoderContract("cpu", CpuEncoder::of, 1e-5f, 0),
                new EncoderContract("int8", EncoderContractTest::int8, 0.2f, 0),
                new EncoderContract("int8 in Java", EncoderContractTest::int8InJava, 0.2f, 0),
                new EncoderContract("torch", TorchEncoder::new, 1e-5f, 1e-5f),
                new EncoderContract("onnx", OnnxEncoder::of, 1e-5f, 1e-5f));
    }

    private static Encoder int8(AlbertWeights weights, int numThreads) {
        return CpuEncoder.of(weights, numThreads, new OneDnn());
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
