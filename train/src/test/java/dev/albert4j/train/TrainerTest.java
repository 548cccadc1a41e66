package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class TrainerTest {
    @Test
    void aModelLearnsEightSentencesByHeart() {
        List<Example> examples = TinyModels.examples(8, 2);
        TrainConfig config = TrainConfig.parse(
                "{\"steps\": 150, \"batchSize\": 8, \"learningRate\": 0.02, \"weightDecay\": 0, \"numThreads\": 1}");
        List<StepReport> reports = train(examples, config);
        assertThat(reports).hasSize(150);
        assertThat(reports.get(149).loss()).isLessThan(0.01);
        assertThat(reports.get(149).epoch()).isEqualTo(149);
    }

    @Test
    void aBatchInSeveralPassesIsTheSameBatch() {
        List<Example> examples = TinyModels.examples(24, 3);
        String settings = "{\"epochs\": 2, \"batchSize\": 12, \"learningRate\": 0.01, \"microBatchTokens\": ";
        List<StepReport> whole = train(examples, TrainConfig.parse(settings + "10000}"));
        List<StepReport> parts = train(examples, TrainConfig.parse(settings + "30}"));
        for (int i = 0; i < whole.size(); i++) {
            assertThat(parts.get(i).loss()).isCloseTo(whole.get(i).loss(), within(1e-4));
            assertThat(parts.get(i).gradNorm()).isCloseTo(whole.get(i).gradNorm(), within(1e-3));
        }
    }

    @Test
    void trainingDoesNotGrowInMemory() {
        List<Example> examples = TinyModels.examples(64, 4);
        TrainConfig config =
                TrainConfig.parse("{\"steps\": 400, \"batchSize\": 8, \"learningRate\": 0.001, \"wordDropout\": 0.3}");
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = trainer(model, examples, config)) {
            long before = 0;
            while (!trainer.isDone()) {
                if (trainer.step().step() == 20) {
                    before = Pointer.totalCount();
                }
            }
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before + 16);
        }
    }

    @Test
    void aLossThatIsNoNumberNamesTheStepAndWhatToChange() {
        TrainConfig config = TrainConfig.parse("{\"steps\": 5, \"batchSize\": 1, \"schedule\": \"CONSTANT\"}");
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = new Trainer(new BreaksInEpoch2(model), config)) {
            trainer.step();
            trainer.step();
            float[] before = Tensors.floats(Tensors.named(model.parameters(), "classifier.weight"));
            assertThatExceptionOfType(DivergenceException.class)
                    .isThrownBy(trainer::step)
                    .withMessage(
                            "training diverged at step 3 of 5 (epoch 3): loss NaN, gradient norm NaN at learning rate"
                                    + " 5.00e-05; lower the learning rate (learningRate 1.7e-05, now 5.0e-05), or lengthen the"
                                    + " warm-up (warmupRatio 0.20, now 0.10)");
            assertThat(Tensors.floats(Tensors.named(model.parameters(), "classifier.weight")))
                    .isEqualTo(before);
        }
    }

    /** One example whose loss is a number in the first two epochs only. */
    private record BreaksInEpoch2(AlbertModel model) implements Objective {
        @Override
        public Objective replica() {
            return new BreaksInEpoch2(model.replica());
        }

        @Override
        public void close() {
            model.close();
        }

        @Override
        public Map<String, Tensor> parameters() {
            return model.parameters();
        }

        @Override
        public int numExamples() {
            return 1;
        }

        @Override
        public List<Example> examples(int epoch, int[] numbers) {
            return List.of(Example.of(new int[] {2}, new int[1], epoch));
        }

        @Override
        public Tensor loss(List<Example> batch, int[] members, long seed) {
            double factor = batch.get(0).target()[0] < 2 ? 1 : Double.NaN;
            return Tensors.named(model.parameters(), "classifier.weight").sum().mul(new Scalar(factor));
        }
    }

    @Test
    void anyNumberOfThreadsTakesTheSameSteps() {
        List<Example> examples = TinyModels.examples(24, 3);
        String settings = "{\"epochs\": 2, \"batchSize\": 12, \"learningRate\": 0.01, \"numThreads\": ";
        List<StepReport> one = train(examples, TrainConfig.parse(settings + "1}"));
        List<StepReport> three = train(examples, TrainConfig.parse(settings + "3}"));
        for (int i = 0; i < one.size(); i++) {
            assertThat(three.get(i).loss()).isCloseTo(one.get(i).loss(), within(1e-4));
            assertThat(three.get(i).gradNorm()).isCloseTo(one.get(i).gradNorm(), within(1e-3));
        }
    }

    @Test
    void everyEpochHasEveryExampleOnceInAnOrderOfItsOwn() {
        ExampleOrder order = new ExampleOrder(103, 10, 5);
        int[] first = epoch(order, 0);
        assertThat(first).hasSize(103);
        assertThat(first.clone())
                .containsExactlyInAnyOrder(IntStream.range(0, 103).toArray());
        assertThat(epoch(order, 1)).isNotEqualTo(first);
        assertThat(epoch(new ExampleOrder(103, 10, 5), 0)).isEqualTo(first);
        assertThat(epoch(new ExampleOrder(103, 10, 6), 0)).isNotEqualTo(first);
        assertThat(order.batch(0, 10)).hasSize(3);
    }

    private static int[] epoch(ExampleOrder order, int epoch) {
        return IntStream.range(0, order.batchesPerEpoch())
                .flatMap(i -> IntStream.of(order.batch(epoch, i)))
                .toArray();
    }

    @Test
    void theLinearScheduleRisesAndFalls() {
        LearningRateSchedule schedule = LearningRateSchedule.linear(1, 4, 12);
        assertThat(schedule.at(0)).isEqualTo(0);
        assertThat(schedule.at(1)).isEqualTo(0.25);
        assertThat(schedule.at(4)).isEqualTo(1);
        assertThat(schedule.at(8)).isEqualTo(0.5);
        assertThat(schedule.at(12)).isEqualTo(0);
    }

    @Test
    void wordDropoutMasksThatShareOfTheWordsAndNoSpecialToken() {
        WordDropout dropout = new WordDropout(TinyModels.vocabulary(), 0, 0.3, 1);
        int[] ids = IntStream.range(0, 10_000).map(i -> i % 10).toArray();
        Example example = Example.of(ids.clone(), new int[ids.length], 1);
        int[] dropped = ids(dropout.apply(example, 2, 17));
        long masked =
                IntStream.range(0, ids.length).filter(i -> dropped[i] != ids[i]).count();
        assertThat(masked).isBetween(1350L, 1650L); // half of the ids are special
        assertThat(IntStream.range(0, ids.length).filter(i -> dropped[i] != ids[i]))
                .allMatch(i -> ids[i] >= 5 && dropped[i] == 4);
        assertThat(ids(dropout.apply(example, 2, 17))).isEqualTo(dropped);
        assertThat(ids(dropout.apply(example, 3, 17))).isNotEqualTo(dropped);
        assertThat(ids(dropout.apply(example, 2, 18))).isNotEqualTo(dropped);
        assertThat(ids(example)).isEqualTo(ids);
    }

    @Test
    void wordRemovalLeavesThatShareOfTheWordsOutAndNoSpecialToken() {
        WordDropout dropout = new WordDropout(TinyModels.vocabulary(), 0.4, 0, 1);
        int[] ids = IntStream.range(0, 10_000).map(i -> i % 10).toArray();
        Example kept = dropout.apply(Example.of(ids, new int[ids.length], 1), 2, 17);
        assertThat(IntStream.of(ids(kept)).filter(id -> id < 5).count()).isEqualTo(5_000);
        assertThat(kept.length()).isBetween(7_750, 8_250);
        assertThat(kept.sequences().get(0).typeIds()).hasSize(kept.length());
    }

    @Test
    void maskingHidesOtherWordsInEachEpochAndTargetsWhatStoodThere() {
        MaskedView view = new MaskedView(TinyModels.vocabulary(), 1);
        int[] ids = IntStream.range(0, 1_000).map(i -> i % 10).toArray();
        Example plain = Example.of(ids.clone(), new int[ids.length], Loss.IGNORED);
        Example masked = view.apply(plain, 2, 17);
        assertThat(Loss.MASKED_LM.weight(masked, ClassWeights.NONE)).isEqualTo(150);
        for (int i = 0; i < ids.length; i++) {
            boolean hidden = masked.target()[i] != Loss.IGNORED;
            assertThat(hidden ? (int) masked.target()[i] : ids(masked)[i]).isEqualTo(ids[i]);
            assertThat(hidden && ids[i] < 5).as("a special token is hidden").isFalse();
        }
        assertThat(view.apply(plain, 2, 17).target()).isEqualTo(masked.target());
        assertThat(view.apply(plain, 3, 17).target()).isNotEqualTo(masked.target());
        assertThat(view.apply(plain, 2, 18).target()).isNotEqualTo(masked.target());
        assertThat(ids(plain)).isEqualTo(ids);
    }

    @Test
    void hiddenWordsAreLearnedFromTextsAndTextsTooShortCountNothing() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int word = 5 + i; // always said three times
            examples.add(Example.of(new int[] {2, word, word, word, 3}, new int[5], Loss.IGNORED));
        }
        examples.add(Example.of(new int[] {2, 3}, new int[2], Loss.IGNORED));
        AlbertWeights weights = AlbertWeights.initialize(
                TinyModels.config().toBuilder()
                        .head(Head.MASKED_LM)
                        .labels(List.of())
                        .hiddenDropoutProb(0)
                        .attentionProbsDropoutProb(0)
                        .build(),
                7);
        TrainConfig config = TrainConfig.parse("{\"epochs\": 150, \"batchSize\": 17, \"numThreads\": 2,"
                + " \"learningRate\": 0.01, \"microBatchTokens\": 8}");
        List<StepReport> reports = new ArrayList<>();
        try (AlbertModel model = new AlbertModel(weights);
                Trainer trainer = new Trainer(
                        new TaskObjective(model, Loss.MASKED_LM, examples, config, TinyModels.vocabulary()), config)) {
            while (!trainer.isDone()) {
                reports.add(trainer.step());
            }
        }
        assertThat(reports.get(0).loss()).isGreaterThan(2.5);
        assertThat(reports.subList(140, 150).stream()
                        .mapToDouble(StepReport::loss)
                        .average()
                        .orElseThrow())
                .isLessThan(1.2);
    }

    @Test
    void wordDropoutBesideMaskingIsRefused() {
        TrainConfig config = TrainConfig.parse("{\"wordDropout\": 0.1}");
        try (AlbertModel model = new AlbertModel(TinyModels.weights())) {
            assertThatThrownBy(() -> new TaskObjective(
                            model, Loss.MASKED_LM, TinyModels.examples(2, 1), config, TinyModels.vocabulary()))
                    .hasMessageContaining("wordDropout and wordRemoval must be 0")
                    .hasMessageContaining("0.1");
        }
    }

    private static List<StepReport> train(List<Example> examples, TrainConfig config) {
        List<StepReport> reports = new ArrayList<>();
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Trainer trainer = trainer(model, examples, config)) {
            while (!trainer.isDone()) {
                reports.add(trainer.step());
            }
        }
        return reports;
    }

    private static Trainer trainer(AlbertModel model, List<Example> examples, TrainConfig config) {
        return new Trainer(
                new TaskObjective(model, Loss.CLASSIFICATION, examples, config, TinyModels.vocabulary()), config);
    }

    private static int[] ids(Example example) {
        return example.sequences().get(0).ids();
    }
}
