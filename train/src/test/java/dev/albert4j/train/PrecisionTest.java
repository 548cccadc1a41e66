package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.is_autocast_enabled;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class PrecisionTest {
    private static final double STEP_OF_BFLOAT16 = 1.0 / 128; // between numbers near 1: 8 bits of precision

    @Test
    void inBfloat16LossesAndGradientsAreThoseOf32BitsButForRounding() {
        List<StepReport> exact = reports("FP32", 20);
        List<StepReport> rounded = reports("BF16", 20);
        assertThat(rounded.get(0).loss()).isNotEqualTo(exact.get(0).loss());
        for (int i = 0; i < exact.size(); i++) {
            assertThat(rounded.get(i).loss())
                    .isCloseTo(
                            exact.get(i).loss(),
                            within(STEP_OF_BFLOAT16 * exact.get(i).loss()));
            assertThat(rounded.get(i).gradNorm())
                    .isCloseTo(
                            exact.get(i).gradNorm(),
                            within(4 * STEP_OF_BFLOAT16 * exact.get(i).gradNorm()));
        }
    }

    @Test
    void aModelLearnsEightSentencesByHeartInBfloat16() {
        List<Example> examples = TinyModels.examples(8, 2);
        TrainConfig config =
                TrainConfig.parse("{\"steps\": 150, \"batchSize\": 8, \"learningRate\": 0.02, \"weightDecay\": 0,"
                        + " \"numThreads\": 1, \"precision\": \"BF16\"}");
        assertThat(train(examples, config).get(149).loss()).isLessThan(0.01);
    }

    @Test
    void parametersAndMomentsKeep32Bits() {
        TrainConfig config = TrainConfig.parse("{\"steps\": 3, \"batchSize\": 8, \"precision\": \"BF16\"}");
        List<Example> examples = TinyModels.examples(8, 2);
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = new Trainer(
                        new TaskObjective(model, Loss.CLASSIFICATION, examples, config, TinyModels.vocabulary()),
                        config)) {
            trainer.step();
            for (Tensor parameter : model.parameters().values()) {
                assertThat(parameter.scalar_type().intern()).isEqualTo(ScalarType.Float);
                assertThat(parameter.grad().scalar_type().intern()).isEqualTo(ScalarType.Float);
            }
        }
    }

    @Test
    void whatFollowsAPassIsIn32BitsEvenIfThePassFails() {
        List<Boolean> during = new ArrayList<>();
        try {
            Precision.BF16.on(DeviceType.CPU, () -> {
                during.add(is_autocast_enabled(DeviceType.CPU));
                throw new IllegalStateException("a pass that fails");
            });
        } catch (IllegalStateException e) {
            during.add(is_autocast_enabled(DeviceType.CPU));
        }
        assertThat(during).containsExactly(true, false);
    }

    /** Of batches with the same parameters: were those trained meanwhile, each step would add to the difference of the one before. */
    private static List<StepReport> reports(String precision, int steps) {
        return train(
                TinyModels.examples(64, 5),
                TrainConfig.parse(
                        "{\"steps\": %d, \"batchSize\": 16, \"learningRate\": 1e-30, \"numThreads\": 1, \"precision\": \"%s\"}"
                                .formatted(steps, precision)));
    }

    private static List<StepReport> train(List<Example> examples, TrainConfig config) {
        List<StepReport> reports = new ArrayList<>();
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = new Trainer(
                        new TaskObjective(model, Loss.CLASSIFICATION, examples, config, TinyModels.vocabulary()),
                        config)) {
            while (!trainer.isDone()) {
                reports.add(trainer.step());
            }
        }
        return reports;
    }
}
