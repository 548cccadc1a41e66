package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.model.AlbertWeights;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class MagnitudePruningTest {
    private static final String QUERY = "albert.encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight";

    @Test
    void theShareRisesAsZhuAndGuptaHaveItAndIsReachedAfterTwoThirds() {
        MagnitudePruning pruning = new MagnitudePruning(0.8, 30);
        assertThat(pruning.share(0)).isZero();
        assertThat(pruning.share(10)).isCloseTo(0.8 * (1 - 0.125), within(1e-12));
        assertThat(pruning.share(20)).isCloseTo(0.8, within(1e-12));
        assertThat(pruning.share(30)).isCloseTo(0.8, within(1e-12));
        assertThat(pruning.isReached(19)).isFalse();
        assertThat(pruning.isReached(20)).isTrue();
        assertThat(new MagnitudePruning(0, 30).isReached(0)).isTrue();
        assertThat(new MagnitudePruning(0.5, 1).isReached(1)).isTrue();
    }

    @Test
    void theSmallestWeightsGoAndTheOthersStay() {
        AlbertWeights before = TinyModels.weights();
        try (AlbertModel model = new AlbertModel(before);
                PointerScope scope = new PointerScope()) {
            new MagnitudePruning(0.5, 3).apply(model.parameters(), 3);
            AlbertWeights after = model.weights();
            float[] was = before.values(QUERY);
            float[] is = after.values(QUERY);
            assertThat(share(is)).isEqualTo(0.5);
            float least = Float.MAX_VALUE;
            float most = 0;
            for (int i = 0; i < is.length; i++) {
                assertThat(is[i]).isIn(0f, was[i]);
                least = is[i] == 0 ? least : Math.min(least, Math.abs(was[i]));
                most = is[i] == 0 ? Math.max(most, Math.abs(was[i])) : most;
            }
            assertThat(most).isLessThan(least);
            for (String name : before.names()) {
                boolean untouched =
                        !name.contains(".albert_layers.") || !name.endsWith(".weight") || name.contains("orm");
                if (untouched) {
                    assertThat(after.values(name)).as(name).isEqualTo(before.values(name));
                }
            }
        }
    }

    @Test
    void aRunEndsWithTheShareThatWasAskedFor() {
        TrainConfig config =
                TrainConfig.parse("{\"steps\": 9, \"batchSize\": 4, \"numThreads\": 2, \"sparsity\": 0.75}");
        ExampleTask task = new ExampleTask(Loss.CLASSIFICATION, TinyModels.examples(8, 1), null, "");
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = new Trainer(task.objective(model, config, TinyModels.vocabulary()), config)) {
            double last = 0;
            while (!trainer.isDone()) {
                trainer.step();
                double now = share(model.weights().values(QUERY));
                assertThat(now).isGreaterThanOrEqualTo(last);
                last = now;
            }
            assertThat(last).isEqualTo(0.75);
        }
    }

    @Test
    void whatCannotBeReachedIsRefused() {
        for (String settings : List.of("{\"sparsity\": 1}", "{\"sparsity\": -0.1}")) {
            assertThatThrownBy(() -> TrainConfig.parse(settings))
                    .isInstanceOf(WrongSettingException.class)
                    .hasMessageContaining("is not at least 0 and below 1");
        }
        assertThatThrownBy(() -> TrainConfig.parse("{\"sparsity\": 0.5, \"patience\": 2}"))
                .isInstanceOf(WrongSettingException.class)
                .hasMessageContaining("without patience");
    }

    private static double share(float[] values) {
        int zeros = 0;
        for (float value : values) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros / (double) values.length;
    }
}
