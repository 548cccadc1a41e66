package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class DistillationTest {
    private static final List<Example> EXAMPLES = TinyModels.examples(6, 1);
    private static final AlbertConfig CONFIG = TinyModels.config().toBuilder()
            .hiddenDropoutProb(0)
            .attentionProbsDropoutProb(0)
            .build();
    private static final AlbertWeights STUDENT = AlbertWeights.initialize(
            CONFIG.toBuilder().numHiddenLayers(2).numHiddenGroups(1).build(), 7);
    private static final AlbertWeights TEACHER =
            AlbertWeights.initialize(CONFIG.toBuilder().intermediateSize(20).build(), 8);

    private static Distillation distillation(AlbertWeights teacher) {
        return Distillation.of(new ExampleTask(Loss.CLASSIFICATION, EXAMPLES, null, ""), teacher);
    }

    private static TrainConfig config(String settings) {
        return TrainConfig.parse("{\"maxLength\": 32, \"steps\": 1, \"numThreads\": 2, " + settings + "}");
    }

    private static double loss(AlbertModel model, TrainConfig config, boolean backward) {
        try (PointerScope scope = new PointerScope();
                Objective objective = distillation(TEACHER).objective(model, config, TinyModels.vocabulary())) {
            int[] all = IntStream.range(0, EXAMPLES.size()).toArray();
            Tensor loss = Objects.requireNonNull(objective.loss(objective.examples(0, all), all, 0));
            if (backward) {
                loss.backward();
            }
            return loss.item_float();
        }
    }

    @Test
    void theLossIsTheDivergenceFromTheTeacherAndTheTasksOwn() {
        double alpha = 0.7;
        double temperature = 3;
        double expected = 0;
        try (PointerScope scope = new PointerScope();
                AlbertModel student = new AlbertModel(STUDENT);
                AlbertModel teacher = new AlbertModel(TEACHER)) {
            PackedBatch batch = PackedBatch.of(TinyModels.batch(EXAMPLES));
            float[] mine = Tensors.floats(student.logits(batch));
            float[] its = Tensors.floats(teacher.logits(batch));
            for (int i = 0; i < EXAMPLES.size(); i++) {
                double[] q = logSoftmax(mine[2 * i] / temperature, mine[2 * i + 1] / temperature);
                double[] p = logSoftmax(its[2 * i] / temperature, its[2 * i + 1] / temperature);
                for (int c = 0; c < 2; c++) {
                    expected += alpha * temperature * temperature * Math.exp(p[c]) * (p[c] - q[c]);
                }
                int label = (int) EXAMPLES.get(i).target()[0];
                expected -= (1 - alpha) * logSoftmax(mine[2 * i], mine[2 * i + 1])[label];
            }
            TrainConfig config = config("\"distillAlpha\": 0.7, \"distillTemperature\": 3");
            assertThat(loss(student, config, false)).isCloseTo(expected / EXAMPLES.size(), within(1e-5));
        }
    }

    private static double[] logSoftmax(double a, double b) {
        double sum = Math.log(Math.exp(a) + Math.exp(b));
        return new double[] {a - sum, b - sum};
    }

    @Test
    void hiddenStatesAddTheirMeanSquaredDistance() {
        double expected = 0;
        try (PointerScope scope = new PointerScope();
                AlbertModel student = new AlbertModel(STUDENT);
                AlbertModel teacher = new AlbertModel(TEACHER)) {
            PackedBatch batch = PackedBatch.of(TinyModels.batch(EXAMPLES));
            List<float[]> mine = new ArrayList<>();
            student.lastHiddenState(batch, state -> mine.add(Tensors.floats(state)));
            List<float[]> its = new ArrayList<>();
            teacher.lastHiddenState(batch, state -> its.add(Tensors.floats(state)));
            assertThat(mine).hasSize(6); // embeddings, the mapped ones, two times two layers
            assertThat(its).hasSize(8);
            int[] pairs = {0, 2, 3, 5, 6}; // of six layers and the input, for four and the input
            for (int i = 0; i < pairs.length; i++) {
                float[] a = mine.get(1 + i);
                float[] b = its.get(1 + pairs[i]);
                for (int k = 0; k < a.length; k++) {
                    expected += Math.pow(a[k] - b[k], 2) / a.length / pairs.length;
                }
            }
            double without = loss(student, config("\"distillAlpha\": 0.5"), false);
            double with = loss(student, config("\"distillHidden\": 2"), false);
            assertThat(with - without).isCloseTo(2 * expected, within(1e-4));
        }
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        TrainConfig config = config("\"distillAlpha\": 0.8, \"distillHidden\": 0.5");
        try (AlbertModel model = new AlbertModel(STUDENT);
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters()), 0)) {
            loss(model, config, true);
            for (Map.Entry<String, Tensor> parameter : model.parameters().entrySet()) {
                float[] values = Tensors.floats(parameter.getValue());
                float[] gradient = Tensors.floats(parameter.getValue().grad());
                for (int i = 0; i < values.length; i += 1 + values.length / 3) {
                    float epsilon = 4e-3f;
                    double above = shifted(model, parameter.getValue(), values, i, epsilon, config);
                    double below = shifted(model, parameter.getValue(), values, i, -epsilon, config);
                    assertThat((double) gradient[i])
                            .as(parameter.getKey() + "[" + i + "]")
                            .isCloseTo((above - below) / (2 * epsilon), within(3e-3));
                }
                Tensors.set(parameter.getValue(), values);
            }
        }
    }

    private static double shifted(
            AlbertModel model, Tensor parameter, float[] values, int i, float epsilon, TrainConfig config) {
        float[] shifted = values.clone();
        shifted[i] += epsilon;
        Tensors.set(parameter, shifted);
        return loss(model, config, false);
    }

    @Test
    void aBatchsLossDoesNotDependOnHowItIsCut() {
        for (String settings :
                List.of("\"distillHidden\": 0.5", "\"wordDropout\": 0.3", "\"classWeights\": \"good=3\"")) {
            StepReport whole = step(STUDENT, settings + ", \"microBatchTokens\": 10000");
            StepReport cut = step(STUDENT, settings + ", \"microBatchTokens\": 1");
            assertThat(cut.loss()).as(settings).isCloseTo(whole.loss(), within(1e-5));
            assertThat(cut.gradNorm()).as(settings).isCloseTo(whole.gradNorm(), within(1e-4));
        }
    }

    private static StepReport step(AlbertWeights student, String settings) {
        TrainConfig config = config(settings);
        try (AlbertModel model = new AlbertModel(student);
                Objective objective = distillation(TEACHER).objective(model, config, TinyModels.vocabulary());
                Trainer trainer = new Trainer(objective, config)) {
            return trainer.step();
        }
    }

    @Test
    void whoIsLikeTheTeacherHasNothingToLearnFromIt() {
        StepReport report = step(TEACHER, "\"distillAlpha\": 1, \"distillHidden\": 1");
        assertThat(report.loss()).isCloseTo(0, within(1e-6));
        assertThat(report.gradNorm()).isCloseTo(0, within(1e-5));
    }

    @Test
    void aStudentComesToSayWhatItsTeacherSays() {
        TrainConfig config =
                config("\"distillAlpha\": 1, \"batchSize\": 6, \"learningRate\": 0.01, \"schedule\": \"CONSTANT\"");
        try (AlbertModel model = new AlbertModel(STUDENT);
                Objective objective = distillation(TEACHER).objective(model, config, TinyModels.vocabulary());
                Trainer trainer = new Trainer(objective, config)) {
            double first = trainer.step().loss();
            double last = first;
            for (int i = 0; i < 60; i++) {
                last = trainer.step().loss();
            }
            assertThat(last).isLessThan(first / 20);
        }
    }

    @Test
    void aTeacherThatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Distillation.of(new ExampleTask(Loss.REGRESSION, EXAMPLES, null, ""), TEACHER))
                .withMessageContaining("classification with one label");
        refused(CONFIG.toBuilder().labels(List.of("good", "bad")).build(), "labels [good, bad]", "[bad, good]");
        refused(CONFIG.toBuilder().vocabSize(39).build(), "knows 39 tokens", "40");
        refused(CONFIG.toBuilder().maxPositionEmbeddings(31).build(), "32 exceeds the teacher's 31 positions");
        refused(CONFIG.toBuilder().hiddenSize(16).build(), "of 16 and the model's of 8");
    }

    private static void refused(AlbertConfig teacher, String... message) {
        try (AlbertModel model = new AlbertModel(STUDENT)) {
            assertThatThrownBy(() -> distillation(AlbertWeights.initialize(teacher, 1))
                            .objective(model, config("\"distillHidden\": 1"), TinyModels.vocabulary())
                            .close())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(message);
        }
    }
}
