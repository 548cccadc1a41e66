package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
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

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aBatchsGradientDoesNotDependOnHowItIsCut(Loss loss) {
        List<Example> examples = examples(loss, loss == Loss.CHOICE ? 3 : 1);
        double[] whole = gradientAfterOneStep(loss, examples, 100_000);
        double[] cut = gradientAfterOneStep(loss, examples, 1);
        for (int i = 0; i < whole.length; i++) {
            assertThat(cut[i]).isCloseTo(whole[i], within(2e-5 * Math.max(1, whole[i])));
        }
    }

    /** Loss and gradient norm of a step. */
    private double[] gradientAfterOneStep(Loss loss, List<Example> examples, int microBatchTokens) {
        TrainConfig config = TrainConfig.parse(
                "{\"steps\": 1, \"batchSize\": 16, \"numThreads\": 2, \"microBatchTokens\": " + microBatchTokens + "}");
        try (AlbertModel model = new AlbertModel(weights(loss));
                Trainer trainer = new Trainer(
                        new TaskObjective(model, loss, examples, config, TinyModels.vocabulary()), config)) {
            StepReport report = trainer.step();
            return new double[] {report.loss(), report.gradNorm()};
        }
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
            actual = loss.of(model, batch, examples, 0).item_float();
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
                sum += loss.weight(example) * expected.loss(own, example);
                weights += loss.weight(example);
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
            case SPAN, CHOICE -> config.labels(List.of()).problemType(ProblemType.UNSPECIFIED);
            default -> config.labels(List.of("a", "b", "c")).problemType(ProblemType.UNSPECIFIED);
        }
        assertThat(loss.head()).isNotEqualTo(Head.NONE);
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
        };
    }
}
