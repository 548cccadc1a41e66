package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.corpus.PretrainingExamples;
import dev.albert4j.corpus.SegmentRules;
import dev.albert4j.corpus.TokenCorpus;
import dev.albert4j.metric.Report;
import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a PointerScope acts by being open
class PretrainingTest {
    private static final int NUM_WORDS = 24;
    private static final int MAX_LENGTH = 32;
    private static final String SETTINGS =
            "{\"steps\": %d, \"batchSize\": 16, \"learningRate\": 0.01, \"optimizer\": \"LAMB\","
                    + " \"maxLength\": 32, \"microBatchTokens\": 200, \"numThreads\": 2, \"evaluateEverySteps\": %d}";

    @TempDir
    Path work;

    private Tokenizer tokenizer;
    private TokenCorpus corpus;

    /** A document repeats its topic, and begins each sentence with the sentence's number: both tasks can be learned. */
    @BeforeEach
    void makeACorpus() throws IOException {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        IntStream.range(0, NUM_WORDS).forEach(i -> tokens.add("w" + i));
        Files.write(work.resolve("vocab.txt"), tokens);
        tokenizer = Tokenizer.load(work);
        SplittableRandom random = new SplittableRandom(1);
        List<String> lines = new ArrayList<>();
        for (int document = 0; document < 200; document++) {
            String topic = " w" + random.nextInt(4, NUM_WORDS);
            for (int sentence = 0; sentence < 4; sentence++) {
                lines.add((" w" + sentence).repeat(3) + topic.repeat(random.nextInt(2, 4)));
            }
            lines.add("");
        }
        Path file = Files.write(work.resolve("corpus.txt"), lines);
        corpus = TokenCorpus.prepare(
                List.of(file), work.resolve("tokens"), tokenizer, false, 1, (name, documents, size, done) -> {});
    }

    private PretrainingExamples examples(boolean heldBack, double share) {
        Masking masking = new Masking(tokenizer.vocabulary(), 3, 0.15, 20);
        SegmentRules rules = SegmentRules.of(MAX_LENGTH);
        return heldBack
                ? PretrainingExamples.heldBack(corpus, rules, masking, tokenizer.vocabulary(), 0, share)
                : PretrainingExamples.training(corpus, rules, masking, tokenizer.vocabulary(), 42, share);
    }

    private PretrainingTask task(String fingerprint) {
        return new PretrainingTask(examples(false, 0.2), examples(true, 0.2), true, Map.of("corpus", fingerprint));
    }

    private AlbertWeights weights() {
        AlbertConfig config = AlbertConfig.builder()
                .head(Head.PRE_TRAINING)
                .vocabSize(tokenizer.vocabulary().size())
                .embeddingSize(16)
                .hiddenSize(32)
                .numAttentionHeads(4)
                .intermediateSize(64)
                .numHiddenLayers(2)
                .maxPositionEmbeddings(MAX_LENGTH)
                .hiddenAct(Activation.GELU_TANH)
                .hiddenDropoutProb(0.05)
                .initializerRange(0.1)
                .build();
        return AlbertWeights.initialize(config, 3);
    }

    private Finetuner run(int steps, int evaluateEvery) {
        TrainConfig config = TrainConfig.parse(SETTINGS.formatted(steps, evaluateEvery));
        return new Finetuner(weights(), tokenizer, config);
    }

    @Test
    void aModelLearnsHiddenWordsAndTheOrderOfSegments() throws IOException {
        List<Evaluation> history = run(600, 300).run(task("")).history();
        assertThat(history).hasSize(2);
        Report last = history.get(1).report();
        assertThat(last.metric("mlm_accuracy")).isGreaterThan(0.5);
        assertThat(last.metric("sop_accuracy")).isGreaterThan(0.8);
        assertThat(last.metric("mlm_perplexity"))
                .isCloseTo(Math.exp(last.metric("mlm_loss")), within(1e-9))
                .isLessThan(history.get(0).report().metric("mlm_perplexity"));
        assertThat(last.json().get("hidden_tokens").asLong()).isGreaterThan(50);
    }

    @Test
    void aRunThatWasStoppedTakesTheStepsOfAnUndisturbedOne() throws IOException {
        List<Double> undisturbed = new ArrayList<>();
        Finetuned whole =
                run(20, 6).onStep(step -> undisturbed.add(step.loss())).run(task(""));
        RunDirectory directory = new RunDirectory(work.resolve("run"));
        List<Double> losses = new ArrayList<>();
        for (int stopAt : new int[] {3, 8, 15}) {
            Finetuner part = run(20, 6).in(directory);
            part.onStep(step -> {
                losses.add(step.loss());
                if (step.step() == stopAt) {
                    part.stop();
                }
            });
            assertThatExceptionOfType(TrainingStoppedException.class).isThrownBy(() -> part.run(task("")));
        }
        Finetuned rest =
                run(20, 6).in(directory).onStep(step -> losses.add(step.loss())).run(task(""));
        assertThat(losses).isEqualTo(undisturbed);
        for (String name : whole.weights().names()) {
            assertThat(rest.weights().values(name))
                    .as(name)
                    .isEqualTo(whole.weights().values(name));
        }
        assertThat(metrics(rest)).isEqualTo(metrics(whole));
    }

    private static List<Map<String, Double>> metrics(Finetuned result) {
        return result.history().stream()
                .map(evaluation -> evaluation.report().metrics())
                .toList();
    }

    @Test
    void aRunIsNotGoneOnWithOnAnotherCorpus() {
        RunDirectory directory = new RunDirectory(work.resolve("run"));
        Finetuner part = run(20, 6).in(directory);
        part.onStep(step -> part.stop());
        assertThatExceptionOfType(TrainingStoppedException.class).isThrownBy(() -> part.run(task("one")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(20, 6).in(directory).run(task("two")))
                .withMessageContaining("corpus \"one\" there, \"two\" here");
    }

    @Test
    void theLossOfABatchIsThatOfItsPartsHoweverItIsCut() {
        PretrainingExamples source = examples(false, 0);
        List<Example> batch = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            batch.add(PretrainingObjective.example(source.example(0, i)));
        }
        batch.add(PretrainingLoss.example(new int[] {2, 5, 3, 6, 3}, new int[5], 1, new int[0], new int[0]));
        PretrainingLoss loss = new PretrainingLoss(true);
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(weights())) {
            model.evaluate();
            double whole = loss.of(model, batch, batch).item_float();
            for (int size : new int[] {1, 3, 7}) {
                double sum = 0;
                for (int begin = 0; begin < batch.size(); begin += size) {
                    List<Example> part = batch.subList(begin, Math.min(batch.size(), begin + size));
                    sum += loss.of(model, batch, part).item_float();
                }
                assertThat(sum).as("parts of " + size).isCloseTo(whole, within(1e-5));
            }
            double words = new PretrainingLoss(false).of(model, batch, batch).item_float();
            assertThat(words).isBetween(1.0, whole);
        }
    }
}
