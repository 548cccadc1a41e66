package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.OutputStates;
import dev.albert4j.model.ProblemType;
import dev.albert4j.train.Example.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("try") // a PointerScope acts by being open
class LossTest {
    private static final int CLASSES = 3;

    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void classificationIsTheCrossEntropyOfTheLogits() {
        check(Loss.CLASSIFICATION, 1, (logits, example) -> -logSoftmax(logits[0], (int) example.target()[0]));
    }

    @Test
    void classificationByProbabilitiesIsTheirCrossEntropy() {
        try (PointerScope scope = new PointerScope()) {
            float[][] logits = {{0.3f, -1, 2}, {1, 0, -0.5f}};
            List<Example> examples = List.of(
                    Example.of(new int[] {1}, new int[1], 0.2f, 0.5f, 0.3f), Example.of(new int[] {1}, new int[1], 2));
            double expected = 0;
            for (int c = 0; c < 3; c++) {
                expected -= examples.get(0).target()[c] * logSoftmax(widened(logits[0]), c) / 2;
            }
            expected -= logSoftmax(widened(logits[1]), 2) / 2;
            Tensor batch = Tensors.of(new float[] {0.3f, -1, 2, 1, 0, -0.5f}, TrainingDevice.CPU.torch())
                    .view(2, 3);

            assertThat(Loss.classes(batch, examples, 0, ClassWeights.NONE).item_float())
                    .isCloseTo((float) expected, within(1e-6f));
            assertThat(Loss.CLASSIFICATION.weight(examples.get(0), ClassWeights.NONE))
                    .isEqualTo(1.0);
        }
        assertThatThrownBy(() -> ClassWeights.of(
                        "balanced",
                        List.of("a", "b"),
                        Loss.CLASSIFICATION,
                        List.of(Example.of(new int[] {1}, new int[1], 0.2f, 0.8f))))
                .hasMessageContaining("probabilities");
    }

    private static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    @Test
    void multiLabelIsTheBinaryCrossEntropyOfEachLabel() {
        check(Loss.MULTI_LABEL, 1, (logits, example) -> {
            double sum = 0;
            for (int c = 0; c < CLASSES; c++) {
                double sign = example.target()[c] == 1 ? 1 : -1;
                sum += Math.log1p(Math.exp(-sign * logits[0][c]));
            }
            return sum / CLASSES;
        });
    }

    @Test
    void regressionIsTheSquaredError() {
        check(Loss.REGRESSION, 1, (logits, example) -> Math.pow(logits[0][0] - example.target()[0], 2));
    }

    @Test
    void tokenClassificationIsTheMeanOverTheTokensThatCount() {
        check(Loss.TOKEN_CLASSIFICATION, 1, (logits, example) -> {
            double sum = 0;
            int count = 0;
            for (int t = 0; t < logits.length; t++) {
                if (example.target()[t] != Loss.IGNORED) {
                    sum -= logSoftmax(logits[t], (int) example.target()[t]);
                    count++;
                }
            }
            return sum / count;
        });
    }

    @Test
    void maskedLanguageModellingIsTheMeanOverTheHiddenPieces() {
        check(Loss.MASKED_LM, 1, (logits, example) -> {
            double sum = 0;
            int count = 0;
            for (int t = 0; t < logits.length; t++) {
                if (example.target()[t] != Loss.IGNORED) {
                    sum -= logSoftmax(logits[t], (int) example.target()[t]);
                    count++;
                }
            }
            return sum / count;
        });
    }

    @Test
    void aSpanIsTheMeanOfBothEndsEachAmongTheSequencesTokens() {
        check(Loss.SPAN, 1, (logits, example) -> {
            double sum = 0;
            for (int end = 0; end < 2; end++) {
                double[] scores = new double[logits.length];
                for (int t = 0; t < logits.length; t++) {
                    scores[t] = logits[t][end];
                }
                sum -= logSoftmax(scores, (int) example.target()[end]);
            }
            return sum / 2;
        });
    }

    @Test
    void aChoiceIsTheCrossEntropyOfItsOptionsScores() {
        check(Loss.CHOICE, 4, (logits, example) -> {
            double[] scores = new double[logits.length];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = logits[i][0];
            }
            return -logSoftmax(scores, (int) example.target()[0]);
        });
    }

    @Test
    void aRankingIsTheCrossEntropyOfTheLabelsShares() {
        check(Loss.RANKING, 4, (logits, example) -> {
            double[] scores = new double[logits.length];
            double sum = 0;
            for (int i = 0; i < scores.length; i++) {
                scores[i] = logits[i][0];
                sum += example.target()[i];
            }
            double loss = 0;
            for (int i = 0; i < scores.length; i++) {
                loss -= example.target()[i] / sum * logSoftmax(scores, i);
            }
            return loss;
        });
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aBatchsGradientDoesNotDependOnHowItIsCut(Loss loss) {
        List<Example> examples = examples(loss, numSequences(loss));
        checkCut(loss, examples, "");
    }

    @ParameterizedTest
    @EnumSource(names = {"CLASSIFICATION", "TOKEN_CLASSIFICATION"})
    void aBatchsGradientWithClassWeightsDoesNotDependOnHowItIsCut(Loss loss) {
        List<Example> examples = examples(loss, 1);
        checkCut(loss, examples, "a=0.2,c=5");
        checkCut(loss, examples, "balanced");
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void inBfloat16ALossIsTheSameButForRounding(Loss loss) {
        List<Example> examples = examples(loss, numSequences(loss));
        double[] exact = gradientAfterOneStep(loss, examples, 100_000, "");
        double[] rounded = gradientAfterOneStep(loss, examples, 100_000, "\", \"precision\": \"BF16");
        assertThat(rounded[0]).isNotEqualTo(exact[0]).isCloseTo(exact[0], within(0.05 * exact[0]));
        assertThat(rounded[1]).isCloseTo(exact[1], within(0.25 * exact[1]));
    }

    private static int numSequences(Loss loss) {
        return switch (loss) {
            case CHOICE, RANKING -> 3;
            case CONTRASTIVE -> 2;
            default -> 1;
        };
    }

    private void checkCut(Loss loss, List<Example> examples, String classWeights) {
        double[] whole = gradientAfterOneStep(loss, examples, 100_000, classWeights);
        double[] cut = gradientAfterOneStep(loss, examples, 1, classWeights);
        for (int i = 0; i < whole.length; i++) {
            assertThat(cut[i]).isCloseTo(whole[i], within(2e-5 * Math.max(1, whole[i])));
        }
    }

    /** Loss and gradient norm of a step. */
    private double[] gradientAfterOneStep(
            Loss loss, List<Example> examples, int microBatchTokens, String classWeights) {
        TrainConfig config = TrainConfig.parse(
                "{\"steps\": 1, \"batchSize\": 16, \"numThreads\": 2, \"labelSmoothing\": 0.1, \"classWeights\": \""
                        + classWeights + "\", \"microBatchTokens\": " + microBatchTokens + "}");
        try (AlbertModel model = new AlbertModel(weights(loss));
                Trainer trainer = new Trainer(
                        new TaskObjective(model, loss, examples, config, TinyModels.vocabulary()), config)) {
            StepReport report = trainer.step();
            return new double[] {report.loss(), report.gradNorm()};
        }
    }

    /** The formula of PyTorch's {@code CrossEntropyLoss}, written out. */
    @ParameterizedTest
    @EnumSource(names = {"CLASSIFICATION", "TOKEN_CLASSIFICATION"})
    void classWeightsGiveTheWeightedMeanOfTheSmoothedCrossEntropy(Loss loss) {
        List<Example> examples = examples(loss, 1);
        float[] weights = {0.2f, 1, 5};
        double smoothing = 0.1;
        try (AlbertModel model = new AlbertModel(weights(loss));
                PointerScope scope = new PointerScope()) {
            model.evaluate();
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            double actual = loss.of(
                            model,
                            batch,
                            examples,
                            TrainConfig.parse("{\"labelSmoothing\": 0.1}"),
                            ClassWeights.of(weights))
                    .item_float();
            float[] logits =
                    Tensors.floats(loss == Loss.CLASSIFICATION ? model.logits(batch) : model.tokenLogits(batch));
            double sum = 0;
            double all = 0;
            int row = 0;
            for (Example example : examples) {
                for (float target : example.target()) {
                    double[] scores = new double[CLASSES];
                    for (int c = 0; c < CLASSES; c++) {
                        scores[c] = logits[row * CLASSES + c];
                    }
                    row++;
                    if (target != Loss.IGNORED) {
                        sum -= (1 - smoothing) * weights[(int) target] * logSoftmax(scores, (int) target);
                        for (int c = 0; c < CLASSES; c++) {
                            sum -= smoothing / CLASSES * weights[c] * logSoftmax(scores, c);
                        }
                        all += weights[(int) target];
                    }
                }
                assertThat(loss.weight(example, ClassWeights.of(weights))).isPositive();
            }
            assertThat(actual).isCloseTo(sum / all, within(1e-5));
        }
    }

    /** Equation and gradient from the plain Java engine's states of every layer, in double precision. */
    @Test
    void withExitClassifiersEveryLayersCrossEntropyCountsAsMuchAsItsNumber() {
        AlbertWeights plain = weights(Loss.CLASSIFICATION);
        AlbertWeights weights = AlbertWeights.initialize(
                plain.config().toBuilder().exitClassifiers(true).build(), 3);
        List<Example> examples = examples(Loss.CLASSIFICATION, 1);
        int numLayers = weights.config().numPasses();
        double[][] biasGradients = new double[numLayers][CLASSES];
        double expected = 0;
        for (int layer = 1; layer <= numLayers; layer++) {
            double share = layer / (numLayers * (numLayers + 1) / 2.0);
            double[][] logits = exitLogits(weights, TinyModels.batch(examples), layer);
            for (int i = 0; i < logits.length; i++) {
                int target = (int) examples.get(i).target()[0];
                expected -= share * logSoftmax(logits[i], target) / logits.length;
                for (int c = 0; c < CLASSES; c++) {
                    double error = Math.exp(logSoftmax(logits[i], c)) - (c == target ? 1 : 0);
                    biasGradients[layer - 1][c] += share * error / logits.length;
                }
            }
        }
        try (AlbertModel model = new AlbertModel(weights);
                PointerScope scope = new PointerScope()) {
            model.evaluate();
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            Tensor loss = Loss.CLASSIFICATION.of(model, batch, examples, TrainConfig.DEFAULT, ClassWeights.NONE);
            assertThat((double) loss.item_float()).isCloseTo(expected, within(1e-5));
            loss.backward();
            for (int layer = 1; layer <= numLayers; layer++) {
                String name = classifier(layer, numLayers) + ".bias";
                float[] gradient =
                        Tensors.floats(Tensors.named(model.parameters(), name).grad());
                for (int c = 0; c < CLASSES; c++) {
                    assertThat((double) gradient[c]).as(name).isCloseTo(biasGradients[layer - 1][c], within(1e-5));
                }
            }
        }
    }

    private static String classifier(int layer, int numLayers) {
        return layer == numLayers ? "classifier" : "exit_classifiers." + (layer - 1);
    }

    /** A layer's hidden states through pooler and classifier, [B][C]. */
    private static double[][] exitLogits(AlbertWeights weights, Batch batch, int layer) {
        int h = weights.config().hiddenSize();
        String name = classifier(layer, weights.config().numPasses());
        double[][] logits = new double[batch.numSequences()][];
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1)) {
            float[] states =
                    encoder.encode(batch, OutputStates.ALL).hiddenStates().get(layer);
            for (int i = 0; i < logits.length; i++) {
                double[] first = new double[h];
                for (int in = 0; in < h; in++) {
                    first[in] = states[batch.start(i) * h + in];
                }
                double[] pooled = linear(weights, "albert.pooler", first);
                logits[i] = linear(
                        weights, name, Arrays.stream(pooled).map(Math::tanh).toArray());
            }
        }
        return logits;
    }

    private static double[] linear(AlbertWeights weights, String name, double[] x) {
        float[] weight = weights.values(name + ".weight");
        float[] bias = weights.values(name + ".bias");
        double[] y = new double[bias.length];
        for (int out = 0; out < y.length; out++) {
            y[out] = bias[out];
            for (int in = 0; in < x.length; in++) {
                y[out] += weight[out * x.length + in] * x[in];
            }
        }
        return y;
    }

    private interface Expected {
        /** @param logits of the example's sequences, or of its tokens */
        double loss(double[][] logits, Example example);
    }

    private void check(Loss loss, int numSequences, Expected expected) {
        List<Example> examples = examples(loss, numSequences);
        double sum = 0;
        double weights = 0;
        double actual;
        try (AlbertModel model = new AlbertModel(weights(loss));
                PointerScope scope = new PointerScope()) {
            model.evaluate();
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            actual = loss.of(model, batch, examples, TrainConfig.DEFAULT, ClassWeights.NONE)
                    .item_float();
            boolean tokens = loss.countsTokens();
            Tensor output = loss == Loss.MASKED_LM
                    ? model.predictionLogits(model.lastHiddenState(batch, state -> {}))
                    : tokens ? model.tokenLogits(batch) : model.logits(batch);
            float[] logits = Tensors.floats(output);
            int columns = (int) output.size(1);
            int row = 0;
            for (Example example : examples) {
                int rows = tokens ? example.length() : example.sequences().size();
                double[][] own = new double[rows][columns];
                for (int i = 0; i < rows * columns; i++) {
                    own[i / columns][i % columns] = logits[row * columns + i];
                }
                row += rows;
                sum += loss.weight(example, ClassWeights.NONE) * expected.loss(own, example);
                weights += loss.weight(example, ClassWeights.NONE);
            }
        }
        assertThat(actual).isCloseTo(sum / weights, within(1e-6));
    }

    private static double logSoftmax(double[] scores, int index) {
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score);
        }
        return scores[index] - Math.log(sum);
    }

    private static AlbertWeights weights(Loss loss) {
        AlbertConfig.Builder config = TinyModels.config().toBuilder()
                .head(loss.head())
                .hiddenDropoutProb(0)
                .attentionProbsDropoutProb(0)
                .classifierDropoutProb(0)
                .initializerRange(0.5);
        switch (loss) {
            case MULTI_LABEL ->
                config.labels(List.of("a", "b", "c")).problemType(ProblemType.MULTI_LABEL_CLASSIFICATION);
            case REGRESSION -> config.labels(List.of("LABEL_0")).problemType(ProblemType.REGRESSION);
            case RANKING -> config.labels(List.of("LABEL_0")).problemType(ProblemType.UNSPECIFIED);
            case SPAN, CHOICE, CONTRASTIVE -> config.labels(List.of()).problemType(ProblemType.UNSPECIFIED);
            default -> config.labels(List.of("a", "b", "c")).problemType(ProblemType.UNSPECIFIED);
        }
        return AlbertWeights.initialize(config.build(), 3);
    }

    /** Sorted by length, some of the same. */
    private List<Example> examples(Loss loss, int numSequences) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            int length = 4 + i / 2;
            List<Sequence> sequences = new ArrayList<>();
            for (int s = 0; s < numSequences; s++) {
                int[] ids = random.ints(length, 5, TinyModels.VOCABULARY_SIZE).toArray();
                sequences.add(new Sequence(ids, new int[length]));
            }
            examples.add(new Example(sequences, target(loss, length, numSequences)));
        }
        return examples;
    }

    private float[] target(Loss loss, int length, int numSequences) {
        return switch (loss) {
            case CLASSIFICATION -> new float[] {random.nextInt(CLASSES)};
            case MULTI_LABEL -> new float[] {random.nextInt(2), random.nextInt(2), random.nextInt(2)};
            case REGRESSION -> new float[] {(float) random.nextDouble() * 5};
            case MASKED_LM -> {
                float[] hidden = new float[length];
                Arrays.fill(hidden, Loss.IGNORED);
                hidden[1] = random.nextInt(5, TinyModels.VOCABULARY_SIZE);
                hidden[length - 2] = random.nextInt(5, TinyModels.VOCABULARY_SIZE);
                yield hidden;
            }
            case TOKEN_CLASSIFICATION -> {
                float[] tags = new float[length];
                for (int t = 0; t < length; t++) {
                    tags[t] = t == 0 || t == length - 1 ? Loss.IGNORED : random.nextInt(CLASSES);
                }
                yield tags;
            }
            case SPAN -> new float[] {random.nextInt(length), random.nextInt(length)};
            case CHOICE -> new float[] {random.nextInt(numSequences)};
            case RANKING -> {
                float[] labels = new float[numSequences];
                labels[random.nextInt(numSequences)] = 3;
                labels[random.nextInt(numSequences)] += 1;
                yield labels;
            }
            case CONTRASTIVE -> new float[1];
        };
    }
}
