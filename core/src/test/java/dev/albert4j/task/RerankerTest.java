package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.RankedQuery;
import dev.albert4j.metric.RankingReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RerankerTest {
    private static final AlbertWeights WEIGHTS = AlbertWeights.initialize(
            Reranker.configure(TinyTask.weights(Head.NONE, 64).config()), 1);

    @TempDir
    Path directory;

    private final CpuEncoder encoder = CpuEncoder.of(WEIGHTS, 1);
    private Tokenizer tokenizer;

    @BeforeEach
    void makeTokenizer() throws IOException {
        tokenizer = TinyTask.tokenizer(directory);
    }

    @AfterEach
    void closeEncoder() {
        encoder.close();
    }

    @Test
    void textsAreRankedByTheHeadsOutputForQueryAndText() {
        Reranker reranker = new Reranker(tokenizer, WEIGHTS, encoder, 100);
        List<Reranker.Input> inputs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            inputs.add(new Reranker.Input(
                    "rain " + i, List.of("sun", "it rains", "a" + i, "sun").subList(0, 1 + i % 4)));
        }
        List<List<RankedText>> rankings = reranker.rank(inputs);
        for (int i = 0; i < inputs.size(); i++) {
            List<String> texts = inputs.get(i).texts();
            List<RankedText> expected = new ArrayList<>();
            for (int d = 0; d < texts.size(); d++) {
                double logit = logit(inputs.get(i).query(), texts.get(d));
                expected.add(new RankedText(d, texts.get(d), 1 / (1 + Math.exp(-logit))));
            }
            expected.sort(Comparator.comparingDouble(text -> -text.score()));
            assertThat(rankings.get(i)).hasSameSizeAs(expected);
            for (int d = 0; d < expected.size(); d++) {
                assertThat(rankings.get(i).get(d).index())
                        .isEqualTo(expected.get(d).index());
                assertThat(rankings.get(i).get(d).text())
                        .isEqualTo(expected.get(d).text());
                assertThat(rankings.get(i).get(d).score())
                        .isCloseTo(expected.get(d).score(), within(1e-6));
            }
            assertThat(reranker.rank(inputs.get(i).query(), texts)).isEqualTo(rankings.get(i));
        }
    }

    private double logit(String query, String text) {
        Encoding encoding = tokenizer.encode(query, text, EncodingOptions.DEFAULT);
        float[] pooled =
                encoder.encode(Batch.of(List.of(encoding)), OutputStates.POOLED).poolerOutput();
        double sum = WEIGHTS.values("classifier.bias")[0];
        for (int h = 0; h < pooled.length; h++) {
            sum += (double) WEIGHTS.values("classifier.weight")[h] * pooled[h];
        }
        return sum;
    }

    @Test
    void anEvaluationMeasuresTheRanking() {
        Reranker reranker = new Reranker(tokenizer, WEIGHTS, encoder, 100);
        RankingReport.Sum sum = new RankingReport.Sum();
        List<RankedQuery> queries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            List<String> texts = List.of("sun " + i, "it rains", "snow");
            queries.add(new RankedQuery("rain " + i, texts, List.of(0.0, 1.0 + i % 2, 0.0), i + 1));
            double[] logits = new double[3];
            for (int d = 0; d < 3; d++) {
                logits[d] = logit("rain " + i, texts.get(d));
            }
            sum.add(new double[] {0, 1 + i % 2, 0}, logits);
        }
        assertThat(reranker.evaluate(queries, done -> {})).isEqualTo(sum.report());
    }

    @Test
    void aRerankerIsNoRegressionAndNoClassifier() {
        AlbertConfig config = WEIGHTS.config();
        assertThat(Reranker.canServe(config)).isTrue();
        assertThat(TextRegressor.canServe(config)).isFalse();
        assertThat(TextClassifier.canServe(config)).isFalse();
        AlbertConfig regression = config.toBuilder().finetuningTask("").build();
        assertThat(TextRegressor.canServe(regression)).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Reranker(tokenizer, AlbertWeights.initialize(regression, 1), encoder, 100))
                .withMessageContaining("no re-ranker but AlbertForSequenceClassification with 1 labels");
        assertThatIllegalArgumentException().isThrownBy(() -> new Reranker.Input("q", List.of()));
    }
}
