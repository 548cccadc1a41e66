package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.tensor;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.model.SentenceConfig.Pooling;
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
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // a PointerScope acts by being open
class ContrastiveLossTest {
    private static final int H = 5;
    private static final double TEMPERATURE = 0.2;

    private final SplittableRandom random = new SplittableRandom(11);

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theLossAndItsGradientAreThoseOfThePlainFormula(int numSequences) {
        List<Example> examples = examples(4, numSequences);
        float[] vectors = vectors(examples.size() * numSequences);
        try (PointerScope scope = new PointerScope()) {
            Tensor leaf = tensor(vectors).view(-1, H).detach();
            leaf.set_requires_grad(true);
            Tensor loss = Loss.contrastive(leaf, examples, TEMPERATURE);
            loss.backward();
            assertThat(loss.item_float()).isCloseTo((float) plain(doubles(vectors), numSequences), within(1e-5f));
            float[] gradient = Tensors.floats(leaf.grad());
            for (int i = 0; i < vectors.length; i++) {
                double[] more = doubles(vectors);
                double[] less = doubles(vectors);
                more[i] += 1e-5;
                less[i] -= 1e-5;
                double difference = (plain(more, numSequences) - plain(less, numSequences)) / 2e-5;
                assertThat(gradient[i]).isCloseTo((float) difference, within(1e-4f));
            }
        }
    }

    @Test
    void aTextThatReadsAsTheRightOneIsNoWrongOne() {
        Sequence answer = sequence(3);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            examples.add(new Example(List.of(sequence(4), i < 2 ? answer : sequence(5)), new float[1]));
        }
        float[] vectors = vectors(6);
        System.arraycopy(vectors, H, vectors, 3 * H, H); // the same text has the same vector
        double[][] cosines = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                cosines[i][j] = cosine(doubles(vectors), 2 * i, 2 * j + 1) / TEMPERATURE;
            }
        }
        double expected = 0;
        expected += softmaxLoss(new double[] {cosines[0][0], cosines[0][2]}, 0);
        expected += softmaxLoss(new double[] {cosines[1][1], cosines[1][2]}, 0);
        expected += softmaxLoss(cosines[2], 2);
        try (PointerScope scope = new PointerScope()) {
            float loss = Loss.contrastive(tensor(vectors).view(-1, H), examples, TEMPERATURE)
                    .item_float();
            assertThat(loss).isCloseTo((float) expected / 3, within(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void aTextsVectorIsTheMeanOrTheFirstOfItsLastHiddenStates(Pooling pooling) {
        List<Example> examples = examples(5, 2);
        try (AlbertModel model = new AlbertModel(weights());
                PointerScope scope = new PointerScope()) {
            model.evaluate();
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            float[] states = Tensors.floats(model.lastHiddenState(batch, state -> {}));
            float[] vectors = Tensors.floats(model.sentences(batch, pooling));
            int h = model.config().hiddenSize();
            int row = 0;
            int token = 0;
            for (Example example : examples) {
                for (Sequence sequence : example.sequences()) {
                    int count = pooling == Pooling.CLS ? 1 : sequence.ids().length;
                    for (int i = 0; i < h; i++) {
                        double sum = 0;
                        for (int t = token; t < token + count; t++) {
                            sum += states[t * h + i];
                        }
                        assertThat(vectors[row * h + i]).isCloseTo((float) (sum / count), within(2e-6f));
                    }
                    row++;
                    token += sequence.ids().length;
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatIsToldApartDoesNotDependOnThreadsAndPasses(int numThreads) {
        List<Example> examples = examples(23, 2);
        double[] expected = step(examples, 1, 100_000);
        double[] actual = step(examples, numThreads, 1);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(2e-5 * Math.max(1, expected[i])));
        }
        assertThat(step(examples, numThreads, 7, 23)[0]).isNotCloseTo(expected[0], within(1e-3)); // one group is harder
    }

    @Test
    void thePoolerIsLeftAlone() {
        List<Example> examples = examples(8, 2);
        AlbertWeights before = weights();
        TrainConfig config = TrainConfig.parse("{\"steps\": 3, \"batchSize\": 8, \"numThreads\": 1}");
        try (AlbertModel model = new AlbertModel(before);
                Trainer trainer = trainer(model, examples, config)) {
            while (!trainer.isDone()) {
                trainer.step();
            }
            AlbertWeights after = model.weights();
            assertThat(after.values("albert.pooler.weight")).isEqualTo(before.values("albert.pooler.weight"));
            assertThat(after.values("albert.embeddings.word_embeddings.weight"))
                    .isNotEqualTo(before.values("albert.embeddings.word_embeddings.weight"));
        }
    }

    @Test
    void pairsFindEachOtherAfterTraining() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int[] first = {2, 5 + i, 5 + random.nextInt(30), 3};
            int[] second = {2, 5 + random.nextInt(30), 39 - i, 3};
            examples.add(new Example(
                    List.of(new Sequence(first, new int[4]), new Sequence(second, new int[4])), new float[1]));
        }
        TrainConfig config =
                TrainConfig.parse("{\"steps\": 200, \"batchSize\": 16, \"numThreads\": 2, \"groupSize\": 8,"
                        + " \"learningRate\": 0.01, \"temperature\": 0.1}");
        try (AlbertModel model = new AlbertModel(weights());
                Trainer trainer = trainer(model, examples, config)) {
            double first = trainer.step().loss();
            double last = first;
            while (!trainer.isDone()) {
                last = trainer.step().loss();
            }
            assertThat(first).isGreaterThan(1);
            assertThat(last).isLessThan(0.3);
        }
    }

    private double[] step(List<Example> examples, int numThreads, int microBatchTokens) {
        return step(examples, numThreads, microBatchTokens, 8);
    }

    /** Loss and gradient norm of a step. */
    private static double[] step(List<Example> examples, int numThreads, int microBatchTokens, int groupSize) {
        TrainConfig config = TrainConfig.parse("{\"steps\": 1, \"batchSize\": 23, \"numThreads\": " + numThreads
                + ", \"microBatchTokens\": " + microBatchTokens + ", \"groupSize\": " + groupSize + "}");
        try (AlbertModel model = new AlbertModel(weights());
                Trainer trainer = trainer(model, examples, config)) {
            StepReport report = trainer.step();
            return new double[] {report.loss(), report.gradNorm()};
        }
    }

    private static Trainer trainer(AlbertModel model, List<Example> examples, TrainConfig config) {
        return new Trainer(
                new TaskObjective(model, Loss.CONTRASTIVE, examples, config, TinyModels.vocabulary()), config);
    }

    private static AlbertWeights weights() {
        AlbertConfig config = TinyModels.config().toBuilder()
                .head(Head.NONE)
                .labels(List.of())
                .hiddenDropoutProb(0)
                .attentionProbsDropoutProb(0)
                .build();
        return AlbertWeights.initialize(config, 3);
    }

    private List<Example> examples(int count, int numSequences) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Sequence> sequences = new ArrayList<>();
            for (int s = 0; s < numSequences; s++) {
                sequences.add(sequence(random.nextInt(3, 9)));
            }
            examples.add(new Example(sequences, new float[1]));
        }
        return examples;
    }

    private Sequence sequence(int length) {
        return new Sequence(random.ints(length, 5, TinyModels.VOCABULARY_SIZE).toArray(), new int[length]);
    }

    private float[] vectors(int count) {
        float[] vectors = new float[count * H];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = (float) random.nextDouble(-1, 1);
        }
        return vectors;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** For each example: which of all further texts, those of the same place in their examples together, is the second one? */
    private static double plain(double[] vectors, int numSequences) {
        int k = vectors.length / H / numSequences;
        double sum = 0;
        for (int i = 0; i < k; i++) {
            double[] scores = new double[k * (numSequences - 1)];
            for (int c = 0; c < scores.length; c++) {
                int row = (c % k) * numSequences + 1 + c / k;
                scores[c] = cosine(vectors, i * numSequences, row) / TEMPERATURE;
            }
            sum += softmaxLoss(scores, i);
        }
        return sum / k;
    }

    private static double softmaxLoss(double[] scores, int index) {
        return Math.log(Arrays.stream(scores).map(Math::exp).sum()) - scores[index];
    }

    private static double cosine(double[] vectors, int a, int b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < H; i++) {
            ab += vectors[a * H + i] * vectors[b * H + i];
            aa += vectors[a * H + i] * vectors[a * H + i];
            bb += vectors[b * H + i] * vectors[b * H + i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
