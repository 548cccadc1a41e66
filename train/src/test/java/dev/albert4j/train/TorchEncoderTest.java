package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.albert4j.model.Batch;
import dev.albert4j.model.OutputStates;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TorchEncoderTest {
    private final Batch batch = TinyModels.batch(TinyModels.examples(6, 9));

    @Test
    void severalThreadsGetWhatOneGets() {
        try (TorchEncoder encoder = new TorchEncoder(TinyModels.weights())) {
            float[] expected = encoder.encode(batch, OutputStates.LAST).lastHiddenState();
            List<float[]> results = IntStream.range(0, 40)
                    .parallel()
                    .mapToObj(i -> encoder.encode(batch, OutputStates.LAST).lastHiddenState())
                    .toList();
            assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(expected));
        }
    }

    @Test
    void whatIsOutOfTheModelsRangeIsRefused() {
        try (TorchEncoder encoder = new TorchEncoder(TinyModels.weights())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.encode(one(new int[] {2, 40}), OutputStates.POOLED))
                    .withMessage("id 40 is not between 0 and 39");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.encode(one(new int[33]), OutputStates.POOLED))
                    .withMessage("a sequence has 33 tokens, but the model takes 1 to 32");
        }
    }

    @Test
    void aClosedEncoderSaysSo() {
        TorchEncoder encoder = new TorchEncoder(TinyModels.weights());
        encoder.close();
        encoder.close();
        assertThatIllegalStateException().isThrownBy(() -> encoder.encode(batch, OutputStates.LAST));
    }

    private static Batch one(int[] ids) {
        return Batch.of(new int[][] {ids}, new int[][] {new int[ids.length]});
    }
}
