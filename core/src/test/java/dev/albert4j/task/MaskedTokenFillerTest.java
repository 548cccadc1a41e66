package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.metric.MaskedTokenMetrics;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a tiny model with random weights; the head is computed again here, number by number. */
class MaskedTokenFillerTest {
    private static final int MAX_LENGTH = 24;

    @TempDir
    Path directory;

    private final AlbertWeights weights = TinyTask.weights(Head.MASKED_LM, MAX_LENGTH);
    private Tokenizer tokenizer;
    private Encoder encoder;
    private MaskedTokenFiller filler;

    @BeforeEach
    void open() throws IOException {
        tokenizer = TinyTask.tokenizer(directory);
        encoder = CpuEncoder.of(weights, 1);
        filler = new MaskedTokenFiller(tokenizer, weights, encoder, 64);
    }

    @AfterEach
    void close() {
        encoder.close();
    }

    @Test
    void theMostProbablePiecesOfEachMaskAreNamed() {
        String text = "a [MASK] b[MASK]c";
        FilledText answer = filler.predict(text, 3);
        double[][] probabilities = probabilities(ids("a b c", 2, 4));
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.fills())
                .extracting(fill -> text.substring(fill.begin(), fill.end()))
                .containsExactly("[MASK]", "[MASK]");
        int[] places = {2, 4};
        for (int i = 0; i < 2; i++) {
            double[] expected = probabilities[places[i]];
            List<Integer> order = IntStream.range(0, expected.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(id -> -expected[id]))
                    .toList();
            List<FilledText.Candidate> found = answer.fills().get(i).candidates();
            assertThat(found).hasSize(3);
            for (int k = 0; k < 3; k++) {
                assertThat(found.get(k).token())
                        .isEqualTo(tokenizer.vocabulary().token(order.get(k)));
                assertThat(found.get(k).score()).isCloseTo(expected[order.get(k)], within(1e-6));
            }
        }
    }

    @Test
    void theBestPieceStandsInThePlaceOfTheMask() {
        FilledWords words = new FilledWords("see the [MASK], [MASK]中[MASK]人 end[MASK]", tokenizer);
        words.add(8, 14, "a");
        words.add(16, 22, "##b");
        words.add(23, 29, "国");
        words.add(34, 40, "c");
        assertThat(words).hasToString("see the a,b中国人 end c");
    }

    @Test
    void moreCandidatesThanPiecesAreAllThereAreAndTheirProbabilitiesSumToOne() {
        List<FilledText.Candidate> all =
                filler.predict("a [MASK]", 10_000).fills().get(0).candidates();
        assertThat(all).hasSize(tokenizer.vocabulary().size());
        assertThat(all.stream().mapToDouble(FilledText.Candidate::score).sum()).isCloseTo(1, within(1e-6));
        assertThat(all).isSortedAccordingTo(Comparator.comparingDouble(candidate -> -candidate.score()));
    }

    @Test
    void manyMasksAndManyTextsGiveWhatEachGivesAlone() {
        List<String> texts = List.of("[MASK]", "a [MASK] b", "[MASK] ".repeat(MAX_LENGTH - 2), "中[MASK]人");
        List<FilledText> together = filler.predict(texts, 2);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(together.get(i)).isEqualTo(filler.predict(texts.get(i), 2));
        }
        assertThat(together.get(2).fills()).hasSize(MAX_LENGTH - 2);
        assertThat(filler.predict(List.of(), 2)).isEmpty();
    }

    @Test
    void aTextWithoutAMaskIsRefused() {
        assertThatThrownBy(() -> filler.predict("a mask", 5)).hasMessage("there is no [MASK] in the text \"a mask\"");
        assertThatThrownBy(() -> filler.predict("[mask]", 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filler.predict("[MASK]", 0)).hasMessage("topK 0 is not positive");
    }

    @Test
    void aMaskThatTheModelDoesNotSeeIsRefused() {
        assertThatThrownBy(() -> filler.predict("[MASK] " + "a ".repeat(40) + "[MASK]", 5))
                .hasMessage("the text has 2 masks, but only 1 of them are among the 24 tokens that the model reads");
        assertThat(filler.predict("[MASK] " + "a ".repeat(40), 1).fills()).hasSize(1);
    }

    @Test
    void whatIsHiddenIsGuessedAndCounted() {
        List<String> texts = List.of("a b c d e f g h i j", "中国人在中国", "x".repeat(9), "a b c. ".repeat(20), "");
        Masking masking = Masking.published(tokenizer.vocabulary());
        EncodingOptions options = EncodingOptions.DEFAULT.withMaxLength(MAX_LENGTH);
        List<Double> losses = new ArrayList<>();
        int right = 0;
        long seed = 42;
        for (String text : texts) {
            for (Encoding window : tokenizer.windows(text, null, options, 0)) {
                Masking.Masked masked = masking.apply(window.ids(), seed++);
                double[][] probabilities = probabilities(masked.ids());
                for (int i = 0; i < masked.positions().length; i++) {
                    double[] row = probabilities[masked.positions()[i]];
                    int target = masked.targets()[i];
                    losses.add(-Math.log(row[target]));
                    right += IntStream.range(0, row.length).allMatch(id -> row[id] <= row[target]) ? 1 : 0;
                }
            }
        }
        MaskedTokenMetrics metrics = filler.evaluate(texts, done -> {});
        double mean = losses.stream().mapToDouble(loss -> loss).average().orElseThrow();
        assertThat(metrics.numPredictions()).isEqualTo(losses.size()).isGreaterThan(10);
        assertThat(metrics.numRight()).isEqualTo(right);
        assertThat(metrics.crossEntropy()).isCloseTo(mean, within(1e-5));
        assertThat(filler.evaluate(texts, done -> {})).isEqualTo(metrics);
    }

    @Test
    void textsWithNothingToHideAreRefused() {
        assertThatThrownBy(() -> filler.evaluate(List.of("", "abc"), done -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing was hidden in the texts");
    }

    @ParameterizedTest
    @EnumSource(Head.class)
    void modelsWithTheHeadServeAndOthersAreRefused(Head head) {
        AlbertWeights other = TinyTask.weights(head, MAX_LENGTH);
        try (Encoder otherEncoder = CpuEncoder.of(other, 1)) {
            if (head == Head.MASKED_LM || head == Head.PRE_TRAINING) {
                assertThat(new MaskedTokenFiller(tokenizer, other, otherEncoder, 64)
                                .predict("[MASK]", 1)
                                .fills())
                        .hasSize(1);
            } else {
                assertThatThrownBy(() -> new MaskedTokenFiller(tokenizer, other, otherEncoder, 64))
                        .hasMessage("the model is no masked language model but " + head.architecture());
            }
        }
    }

    /** A text's ids, with the mask put in at some places. */
    private int[] ids(String text, int... masks) {
        List<Integer> ids = new ArrayList<>();
        IntStream.of(tokenizer.encode(text).ids()).forEach(ids::add);
        for (int place : masks) {
            ids.add(place, tokenizer.vocabulary().maskId());
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** [T, V], in double precision. */
    private double[][] probabilities(int[] ids) {
        AlbertConfig config = weights.config();
        int h = config.hiddenSize();
        int e = config.embeddingSize();
        Batch batch = Batch.of(new int[][] {ids}, new int[][] {new int[ids.length]});
        float[] states = encoder.encode(batch, OutputStates.LAST).lastHiddenState();
        float[] dense = weights.values("predictions.dense.weight");
        float[] table = weights.values("albert.embeddings.word_embeddings.weight");
        double[][] rows = new double[ids.length][config.vocabSize()];
        for (int token = 0; token < ids.length; token++) {
            double[] x = new double[e];
            for (int i = 0; i < e; i++) {
                x[i] = weights.values("predictions.dense.bias")[i];
                for (int j = 0; j < h; j++) {
                    x[i] += (double) dense[i * h + j] * states[token * h + j];
                }
                x[i] = 0.5 * x[i] * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x[i] + 0.044715 * Math.pow(x[i], 3))));
            }
            double mean = IntStream.range(0, e).mapToDouble(i -> x[i]).average().orElseThrow();
            double variance = IntStream.range(0, e)
                    .mapToDouble(i -> Math.pow(x[i] - mean, 2))
                    .average()
                    .orElseThrow();
            double sum = 0;
            for (int id = 0; id < rows[token].length; id++) {
                double logit = weights.values("predictions.bias")[id];
                for (int i = 0; i < e; i++) {
                    double normalized = (x[i] - mean) / Math.sqrt(variance + config.layerNormEps());
                    logit += table[id * e + i]
                            * (weights.values("predictions.LayerNorm.weight")[i] * normalized
                                    + weights.values("predictions.LayerNorm.bias")[i]);
                }
                rows[token][id] = Math.exp(logit);
                sum += rows[token][id];
            }
            for (int id = 0; id < rows[token].length; id++) {
                rows[token][id] /= sum;
            }
        }
        return rows;
    }
}
