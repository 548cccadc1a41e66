package dev.albert4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code EncoderContract} in checks does not ask of every engine. */
class OnnxEncoderTest {
    private final AlbertWeights weights = TinyModel.weights(Head.NONE);

    @Test
    void aProviderThatTheRuntimeLacksIsNamedWithThoseItHas() {
        for (ExecutionProvider provider : List.of(ExecutionProvider.CUDA, ExecutionProvider.DIRECT_ML)) {
            assertThat(OrtEnvironment.getAvailableProviders()).doesNotContain(OrtProvider.CUDA, OrtProvider.DIRECT_ML);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> OnnxEncoder.of(weights, 1, OnnxPrecision.FP32, provider))
                    .withMessageContaining(provider.name())
                    .withMessageContaining("CPU");
        }
    }

    @Test
    void noThreadsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxEncoder.of(weights, 0))
                .withMessageContaining("numThreads is 0");
    }

    @Test
    void sequencesOfSimilarLengthRunTogetherAndEachOnce() {
        Batch batch = TinyModel.batch(24, 3, 20, 18, 2, 12, 24);
        List<Rectangle> rectangles = Rectangle.split(batch);
        assertThat(rectangles.stream().flatMap(part -> part.sequences().stream()))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
        for (Rectangle part : rectangles) {
            assertThat(part.sequences()).allMatch(i -> batch.length(i) * 4 >= part.length() * 3);
        }
        assertThat(rectangles).hasSize(4);
    }
}
