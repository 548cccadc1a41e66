package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every intermediate value against Hugging Face's. */
@Tag("shared")
class CpuEncoderGoldenTest {
    private static final float TOLERANCE = 1e-5f;

    static Stream<Arguments> cases() throws IOException {
        return GoldenCase.all().stream()
                .flatMap(directory -> Stream.of(PreferredKernels.get(), new ScalarKernels())
                        .map(kernels -> Arguments.of(directory, kernels)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyLayerOfEverySequenceIsHuggingFaces(Path directory, Kernels kernels) throws IOException {
        GoldenCase golden = GoldenCase.read(directory);
        Batch batch = golden.batch();
        try (CpuEncoder encoder = CpuEncoder.of(golden.weights(), 2, kernels, null)) {
            EncoderOutput all = encoder.encode(batch, OutputStates.ALL);
            for (int i = 0; i < batch.numSequences(); i++) {
                assertRows(golden, "embeddings." + i, all.embeddings(), batch, i);
                for (int k = 0; k < all.hiddenStates().size(); k++) {
                    assertRows(
                            golden,
                            "hidden_states." + i + "." + k,
                            all.hiddenStates().get(k),
                            batch,
                            i);
                }
                assertRows(golden, "last_hidden_state." + i, all.lastHiddenState(), batch, i);
            }
            assertThat(encoder.encode(batch, OutputStates.LAST).lastHiddenState())
                    .isEqualTo(all.lastHiddenState());
            if (all.hasPoolerOutput()) {
                assertPooled(golden, all.poolerOutput(), batch.numSequences());
                assertPooled(golden, encoder.encode(batch, OutputStates.POOLED).poolerOutput(), batch.numSequences());
            }
        }
    }

    private static void assertRows(GoldenCase golden, String name, float[] actual, Batch batch, int sequence) {
        float[] expected = golden.expected(name);
        int columns = expected.length / batch.length(sequence);
        int from = batch.start(sequence) * columns;
        assertThat(Arrays.copyOfRange(actual, from, from + expected.length))
                .as(name)
                .containsExactly(expected, Offset.offset(TOLERANCE));
    }

    private static void assertPooled(GoldenCase golden, float[] actual, int numSequences) {
        int h = golden.weights().config().hiddenSize();
        for (int i = 0; i < numSequences; i++) {
            assertThat(Arrays.copyOfRange(actual, i * h, (i + 1) * h))
                    .as("pooler_output." + i)
                    .containsExactly(golden.expected("pooler_output." + i), Offset.offset(TOLERANCE));
        }
    }
}
