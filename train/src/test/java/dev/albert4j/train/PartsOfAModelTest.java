package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Freezing, and a learning rate of the head's own. */
class PartsOfAModelTest {
    private static final String WORDS = "albert.embeddings.word_embeddings.weight";
    private static final String POOLER = "albert.pooler.weight";
    private static final String HEAD = "classifier.weight";

    @Test
    void whatIsFrozenStaysAndTheRestLearns() {
        Map<String, Double> nothing = changes(10, "{\"steps\": 10, \"numThreads\": 2}");
        assertThat(nothing.values()).allMatch(change -> change > 0);

        Map<String, Double> embeddings = changes(10, "{\"steps\": 10, \"freeze\": \"EMBEDDINGS\", \"numThreads\": 2}");
        embeddings.forEach(
                (name, change) -> assertThat(change > 0).as(name).isEqualTo(!name.startsWith("albert.embeddings.")));
        assertThat(embeddings).containsKeys(WORDS, POOLER, HEAD);

        Map<String, Double> encoder = changes(10, "{\"steps\": 10, \"freeze\": \"ENCODER\", \"optimizer\": \"LAMB\"}");
        encoder.forEach((name, change) -> assertThat(change > 0).as(name).isEqualTo(name.startsWith("classifier.")));
    }

    @Test
    void theHeadHasALearningRateOfItsOwn() {
        String settings =
                "{\"learningRate\": 0.001, \"schedule\": \"CONSTANT\", \"warmupRatio\": 0, \"weightDecay\": 0%s}";
        Map<String, Double> same = changes(1, settings.formatted(""));
        Map<String, Double> faster = changes(1, settings.formatted(", \"headLearningRate\": 0.01"));
        assertThat(faster.get(WORDS)).isCloseTo(same.get(WORDS), within(1e-6));
        assertThat(faster.get(POOLER)).isCloseTo(same.get(POOLER), within(1e-6));
        assertThat(faster.get(HEAD)).isCloseTo(10 * Tensors.named(same, HEAD), within(1e-5));
    }

    @Test
    void theRateFallsFromTheHeadToTheEmbeddings() {
        Map<String, Double> decayed = changes(1, "{\"learningRate\": 0.001, \"layerDecay\": 0.5, \"weightDecay\": 0}");
        Map<String, Double> same = changes(1, "{\"learningRate\": 0.001, \"weightDecay\": 0}");
        // AdamW's first step changes every value by its rate, whatever the gradient.
        assertThat(decayed.get(HEAD)).isCloseTo(Tensors.named(same, HEAD), within(1e-6));
        assertThat(decayed.get(POOLER)).isCloseTo(0.5 * Tensors.named(same, POOLER), within(1e-6));
        assertThat(decayed.get(WORDS)).isCloseTo(0.25 * Tensors.named(same, WORDS), within(1e-6));
        TrainConfig both =
                TrainConfig.parse("{\"learningRate\": 0.001, \"layerDecay\": 0.5, \"headLearningRate\": 0.01}");
        assertThat(both.rateFactor(HEAD)).isEqualTo(10);
        assertThat(both.rateFactor(POOLER)).isEqualTo(0.5);
    }

    @Test
    void theNormOfTheGradientIsThatOfWhatIsTrained() {
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer all = trainer(model, "{\"learningRate\": 0}");
                Trainer head = trainer(model, "{\"learningRate\": 0, \"freeze\": \"ENCODER\"}")) {
            // The trainer made last decides what needs a gradient.
            assertThat(head.step().gradNorm()).isPositive();
            assertThat(all.numSteps()).isZero();
            Tensor words = Tensors.named(model.parameters(), WORDS);
            assertThat(words.requires_grad()).isFalse();
        }
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer all = trainer(model, "{\"learningRate\": 0}")) {
            double whole = all.step().gradNorm();
            try (Trainer head = trainer(model, "{\"learningRate\": 0, \"freeze\": \"ENCODER\"}")) {
                assertThat(head.step().gradNorm()).isLessThan(whole);
            }
        }
    }

    @Test
    void aHeadRateWithoutARateIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainConfig.parse("{\"learningRate\": 0, \"headLearningRate\": 0.1}"))
                .withMessageContaining("headLearningRate 0.1 needs a learning rate above 0");
    }

    /** The largest change of each parameter's values in so many steps. */
    private static Map<String, Double> changes(int steps, String settings) {
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = trainer(model, settings)) {
            Map<String, float[]> before = Tensors.floats(model.parameters());
            for (int i = 0; i < steps; i++) {
                trainer.step();
            }
            Map<String, Double> changes = new TreeMap<>();
            Tensors.floats(model.parameters()).forEach((name, values) -> {
                double most = 0;
                float[] old = Tensors.named(before, name);
                for (int i = 0; i < values.length; i++) {
                    most = Math.max(most, Math.abs(values[i] - old[i]));
                }
                changes.put(name, most);
            });
            return changes;
        }
    }

    private static Trainer trainer(AlbertModel model, String settings) {
        TrainConfig config = TrainConfig.parse(settings);
        List<Example> examples = TinyModels.examples(16, 5);
        return new Trainer(
                new TaskObjective(model, Loss.CLASSIFICATION, examples, config, TinyModels.vocabulary()), config);
    }
}
