package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Report;
import dev.albert4j.metric.SimilarityReport;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.model.SentenceConfig.Pooling;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentenceEmbedderTest {
    private static final int MAX_LENGTH = 12;

    @TempDir
    Path directory;

    private final CpuEncoder encoder = CpuEncoder.of(TinyTask.weights(Head.NONE, 32), 1);
    private Tokenizer tokenizer;

    @BeforeEach
    void makeTokenizer() throws IOException {
        tokenizer = TinyTask.tokenizer(directory);
    }

    @AfterEach
    void closeEncoder() {
        encoder.close();
    }

    @ParameterizedTest
    @CsvSource({"MEAN,false", "MEAN,true", "CLS,false", "CLS,true"})
    void aVectorIsWhatSentenceTransformersDocuments(Pooling pooling, boolean normalized) {
        SentenceEmbedder embedder = embedder(new SentenceConfig(pooling, normalized, MAX_LENGTH), 30);
        List<String> texts = new ArrayList<>(List.of("", "it rains", "a long text that is cut off at some place"));
        for (int i = 0; i < 20; i++) {
            texts.add("a" + i * 7919);
        }
        List<float[]> vectors = embedder.embed(texts);
        for (int i = 0; i < texts.size(); i++) {
            double[] expected = expected(texts.get(i), pooling, normalized);
            for (int h = 0; h < expected.length; h++) {
                assertThat(vectors.get(i)[h]).isCloseTo((float) expected[h], within(1e-5f));
            }
            assertThat(embedder.embed(texts.get(i))).isEqualTo(vectors.get(i));
        }
    }

    /** By the formula, on the states of the text alone. */
    private double[] expected(String text, Pooling pooling, boolean normalized) {
        Encoding encoding = tokenizer.encode(text, null, EncodingOptions.DEFAULT.withMaxLength(MAX_LENGTH));
        float[] states =
                encoder.encode(Batch.of(List.of(encoding)), OutputStates.LAST).lastHiddenState();
        int h = encoder.config().hiddenSize();
        double[] vector = new double[h];
        int count = pooling == Pooling.CLS ? 1 : encoding.length();
        for (int i = 0; i < count * h; i++) {
            vector[i % h] += states[i] / count;
        }
        double square = 0;
        for (double value : vector) {
            square += value * value;
        }
        for (int i = 0; i < h && normalized; i++) {
            vector[i] /= Math.sqrt(square);
        }
        return vector;
    }

    @Test
    void theCosineDoesNotDependOnLengths() {
        assertThat(SentenceEmbedder.cosine(new float[] {1, 1}, new float[] {2, 0}))
                .isCloseTo(Math.sqrt(0.5), within(1e-12));
        assertThat(SentenceEmbedder.cosine(new float[] {1, 1}, new float[] {-3, -3}))
                .isCloseTo(-1, within(1e-12));
        assertThat(SentenceEmbedder.cosine(new float[] {1, 1}, new float[2])).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SentenceEmbedder.cosine(new float[2], new float[3]))
                .withMessageContaining("sizes 2 and 3");
    }

    @Test
    void pairsWithScoresAreMeasuredByCorrelation() {
        SentenceEmbedder embedder = embedder(new SentenceConfig(Pooling.MEAN, false, MAX_LENGTH), 100);
        List<LabeledText> pairs = new ArrayList<>();
        double[] scores = new double[300];
        double[] cosines = new double[300];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = i * 7919 % 101 / 20.0;
            pairs.add(new LabeledText("a" + i, "b " + i % 7, Double.toString(scores[i]), i + 1));
            cosines[i] = SentenceEmbedder.cosine(embedder.embed("a" + i), embedder.embed("b " + i % 7));
        }
        Report report = embedder.evaluate(pairs, done -> {});
        assertThat(report).isEqualTo(SimilarityReport.of(scores, cosines).toReport());
        assertThat(report.metrics()).containsOnlyKeys("spearman", "pearson");
    }

    @Test
    void pairsWithoutScoresAreToFindEachOther() {
        SentenceEmbedder embedder = embedder(new SentenceConfig(Pooling.MEAN, false, MAX_LENGTH), 100);
        List<LabeledText> same = new ArrayList<>();
        List<LabeledText> constant = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            same.add(new LabeledText("a" + i * 7919, "a" + i * 7919, "", i + 1));
            constant.add(new LabeledText("a" + i * 7919, "b", "", i + 1));
        }
        assertThat(embedder.evaluate(same, done -> {}).metrics().values()).allMatch(value -> value == 1);
        assertThat(embedder.evaluate(constant, done -> {}).metric("accuracy_at_1"))
                .isEqualTo(1); // all are the right one
    }

    @Test
    void textsThatDoNotFitTogetherAreRefusedWithTheirLine() {
        assertRefused(new LabeledText("a", "b", "", 1), new LabeledText("a", null, "", 5), "line 5", "no second text");
        assertRefused(new LabeledText("a", "b", "", 1), new LabeledText("a", "b", "3", 5), "line 5", "has a label");
        assertRefused(new LabeledText("a", "b", "3", 1), new LabeledText("a", "b", "", 5), "line 5", "has no label");
        assertRefused(new LabeledText("a", "b", "3", 1), new LabeledText("a", "b", "x", 5), "line 5", "not a number");
    }

    private static void assertRefused(LabeledText first, LabeledText second, String... parts) {
        assertThatThrownBy(() -> SentenceEmbedder.isScored(List.of(first, second)))
                .isInstanceOf(BadExampleException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void aLimitBeyondTheModelsPositionsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> embedder(new SentenceConfig(Pooling.MEAN, false, 33), 100))
                .withMessageContaining("33 exceeds the model's 32 positions");
    }

    private SentenceEmbedder embedder(SentenceConfig sentences, int maxBatchTokens) {
        return new SentenceEmbedder(tokenizer, encoder, sentences, maxBatchTokens);
    }
}
