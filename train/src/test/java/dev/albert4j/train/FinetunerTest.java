package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.data.LabeledText;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinetunerTest {
    private static final String SETTINGS =
            "{\"epochs\": 4, \"batchSize\": 8, \"learningRate\": 0.01, \"wordDropout\": 0.1,"
                    + " \"maxLength\": 16, \"hiddenDropout\": 0.1, \"attentionDropout\": 0.1, \"microBatchTokens\": 40,"
                    + " \"numThreads\": 1, \"labelSmoothing\": 0.05}";

    @TempDir
    Path directory;

    private Tokenizer tokenizer;
    private final List<LabeledText> train = texts(60, 1);
    private final List<LabeledText> dev = texts(20, 2);

    @BeforeEach
    void writeVocabulary() throws IOException {
        Path vocabulary =
                Files.createDirectories(directory.resolve("tokenizer")).resolve("vocab.txt");
        Files.write(vocabulary, TinyModels.vocabulary().tokens());
        tokenizer = Tokenizer.load(directory.resolve("tokenizer"));
    }

    @Test
    void aModelLearnsToTellTextsApart() throws IOException {
        List<Evaluation> heard = new ArrayList<>();
        Finetuned result = finetuner("{\"epochs\": 12, \"learningRate\": 0.02, \"batchSize\": 8, \"maxLength\": 16}")
                .onEvaluation(heard::add)
                .run(task(train, dev));
        assertThat(result.history()).hasSize(12).isEqualTo(heard);
        assertThat(result.history().stream()
                        .mapToDouble(Evaluation::metric)
                        .max()
                        .orElse(0))
                .isGreaterThan(0.9);
        assertThat(result.history().get(11).epoch()).isEqualTo(12);
    }

    @Test
    void aStoppedAndResumedRunEqualsTheUninterruptedOneBitForBit() throws IOException {
        Finetuned uninterrupted = finetuner(SETTINGS).run(task(train, dev));
        RunDirectory run = new RunDirectory(directory.resolve("model.run"));
        for (int stopAt : new int[] {3, 11}) {
            Finetuner finetuner = finetuner(SETTINGS).in(run);
            finetuner.onStep(report -> {
                if (report.step() == stopAt) {
                    finetuner.stop();
                }
            });
            assertThatExceptionOfType(TrainingStoppedException.class)
                    .isThrownBy(() -> finetuner.run(task(train, dev)))
                    .withMessageContaining("step " + stopAt + " of 32")
                    .withMessageContaining("model.run");
        }
        List<Long> resumed = new ArrayList<>();
        Finetuned result = finetuner(SETTINGS).in(run).onResume(resumed::add).run(task(train, dev));
        assertThat(resumed).containsExactly(11L);
        assertSame(result.weights(), uninterrupted.weights());
        assertThat(result.history().stream().map(Evaluation::metric))
                .isEqualTo(
                        uninterrupted.history().stream().map(Evaluation::metric).toList());

        assertThat(run.hasCheckpoint()).isTrue();
        run.delete();
        assertThat(run.path()).doesNotExist();
    }

    @Test
    void onlyWeightsThatAreSparseEnoughAreTheBestAndTheRunResumesBitForBit() throws IOException {
        String settings = SETTINGS.replace("\"epochs\": 4", "\"epochs\": 6, \"sparsity\": 0.5");
        Finetuned uninterrupted = finetuner(settings).run(task(train, dev));
        assertThat(uninterrupted.history().subList(0, 3)).noneMatch(Evaluation::best);
        assertThat(uninterrupted.history().get(3).best()).isTrue();
        String name = Importance.layers(uninterrupted.weights().config()).get(0) + ".ffn.weight";
        int zeros = 0;
        for (float value : uninterrupted.weights().values(name)) {
            zeros += value == 0 ? 1 : 0;
        }
        assertThat(zeros).isEqualTo(uninterrupted.weights().values(name).length / 2);
        RunDirectory run = new RunDirectory(directory.resolve("model.run"));
        Finetuner finetuner = finetuner(settings).in(run);
        finetuner.onStep(report -> {
            if (report.step() == 13) {
                finetuner.stop();
            }
        });
        assertThatExceptionOfType(TrainingStoppedException.class).isThrownBy(() -> finetuner.run(task(train, dev)));
        assertSame(finetuner(settings).in(run).run(task(train, dev)).weights(), uninterrupted.weights());
    }

    @Test
    void aRunInEightBitsResumesBitForBitAndItsResultLiesOnTheirGrid() throws IOException {
        String settings = SETTINGS.replace("\"epochs\": 4", "\"epochs\": 4, \"quantize\": \"INT8\"");
        AlbertWeights uninterrupted = finetuner(settings).run(task(train, dev)).weights();
        assertThat(uninterrupted.int8Names())
                .hasSameElementsAs(AlbertParameters.quantizable(uninterrupted.config()).stream()
                        .map(Parameter::name)
                        .toList());
        assertSame(uninterrupted.quantized(), uninterrupted);
        RunDirectory run = new RunDirectory(directory.resolve("model.run"));
        Finetuner finetuner = finetuner(settings).in(run);
        finetuner.onStep(report -> {
            if (report.step() == 29) {
                finetuner.stop();
            }
        });
        assertThatExceptionOfType(TrainingStoppedException.class).isThrownBy(() -> finetuner.run(task(train, dev)));
        AlbertWeights resumed =
                finetuner(settings).in(run).run(task(train, dev)).weights();
        assertSame(resumed, uninterrupted);
        assertThat(resumed.int8Names()).isEqualTo(uninterrupted.int8Names());
    }

    @Test
    void aRunWithLambAndPatienceResumesBitForBitToo() throws IOException {
        String settings = SETTINGS.replace(
                "\"epochs\": 4",
                "\"epochs\": 40, \"evaluateEverySteps\": 4, \"patience\": 3,"
                        + " \"optimizer\": \"LAMB\", \"schedule\": \"COSINE\", \"headLearningRate\": 0.02");
        Finetuned uninterrupted = finetuner(settings).run(task(train, dev));
        int last = uninterrupted.history().size();
        assertThat(last).isLessThan(80).isGreaterThan(3);
        assertThat(uninterrupted.history().subList(last - 3, last)).noneMatch(Evaluation::best);
        assertThat(uninterrupted.history().get(last - 4).best()).isTrue();

        RunDirectory run = new RunDirectory(directory.resolve("model.run"));
        long stopAt = uninterrupted.history().get(last - 2).step(); // in the middle of the patience
        Finetuner finetuner = finetuner(settings).in(run);
        finetuner.onStep(report -> {
            if (report.step() == stopAt) {
                finetuner.stop();
            }
        });
        assertThatExceptionOfType(TrainingStoppedException.class).isThrownBy(() -> finetuner.run(task(train, dev)));
        Finetuned resumed = finetuner(settings).in(run).run(task(train, dev));
        assertThat(resumed.history()).hasSize(last);
        assertSame(resumed.weights(), uninterrupted.weights());

        // The finished run's checkpoint knows that it is over.
        List<StepReport> more = new ArrayList<>();
        finetuner(settings).in(run).onStep(more::add).run(task(train, dev));
        assertThat(more).isEmpty();
    }

    @Test
    void patienceWithoutDevelopmentTextsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> finetuner("{\"patience\": 2, \"maxLength\": 16}").run(task(train, List.of())))
                .withMessageContaining("patience 2 needs development data");
    }

    @Test
    void anInterruptLeavesACheckpoint() {
        RunDirectory run = new RunDirectory(directory.resolve("model.run"));
        Finetuner finetuner = finetuner(SETTINGS)
                .in(run)
                .onStep(report -> Thread.currentThread().interrupt());
        assertThatExceptionOfType(TrainingStoppedException.class).isThrownBy(() -> finetuner.run(task(train, dev)));
        assertThat(run.hasCheckpoint()).isTrue();
    }

    @Test
    void anotherRunsCheckpointIsRefusedWithTheDifference() throws IOException {
        RunDirectory run = new RunDirectory(directory.resolve("model.run"));
        finetuner(SETTINGS).in(run).run(task(train, dev));
        String other = SETTINGS.replace("0.01", "0.005");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuner(other).in(run).run(task(train, dev)))
                .withMessageContaining("learningRate 0.01 there, 0.005 here");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuner(SETTINGS).in(run).run(task(texts(60, 3), dev)))
                .withMessageContaining("trainingData");
    }

    @Test
    void withoutDevelopmentTextsTheLastWeightsAreTheResult() throws IOException {
        Finetuned result = finetuner(SETTINGS).run(task(train, List.of()));
        assertThat(result.history()).isEmpty();
        assertThat(result.weights().values("classifier.weight"))
                .isNotEqualTo(TinyModels.weights().values("classifier.weight"));
    }

    @Test
    void anUnknownLabelIsNamedWithItsLine() {
        List<LabeledText> wrong = List.of(new LabeledText("w7", null, "ugly", 12));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> finetuner(SETTINGS).run(task(train, wrong)))
                .withMessageContaining("line 12")
                .withMessageContaining("ugly")
                .withMessageContaining("[bad, good]");
    }

    @Test
    void certainProbabilitiesTeachWhatLabelsTeach() throws IOException {
        List<LabeledText> certain = train.stream()
                .map(text -> new LabeledText(text.text(), null, Map.of(text.label(), 1f), text.line()))
                .toList();
        assertSame(
                finetuner(SETTINGS).run(task(certain, List.of())).weights(),
                finetuner(SETTINGS).run(task(train, List.of())).weights(),
                1e-5f);
    }

    @Test
    void aModelWithoutAClassificationHeadIsRefused() {
        AlbertWeights encoder = AlbertWeights.initialize(
                TinyModels.config().toBuilder().head(Head.NONE).build(), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Finetuner(encoder, tokenizer, TrainConfig.parse(SETTINGS)).run(task(train, dev)))
                .withMessageContaining("NONE");
    }

    private TrainingTask task(List<LabeledText> texts, List<LabeledText> development) {
        return new TrainingTasks(tokenizer, 16)
                .classification(texts, development, TinyModels.config().labels());
    }

    private Finetuner finetuner(String settings) {
        return new Finetuner(TinyModels.weights(), tokenizer, TrainConfig.parse(settings));
    }

    private static void assertSame(AlbertWeights actual, AlbertWeights expected, float tolerance) {
        for (Parameter parameter : AlbertParameters.of(TinyModels.config())) {
            float[] values = actual.values(parameter.name());
            float[] others = expected.values(parameter.name());
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).as(parameter.name()).isCloseTo(others[i], within(tolerance));
            }
        }
    }

    private static void assertSame(AlbertWeights actual, AlbertWeights expected) {
        for (Parameter parameter : AlbertParameters.of(TinyModels.config())) {
            assertThat(actual.values(parameter.name()))
                    .as(parameter.name())
                    .isEqualTo(expected.values(parameter.name()));
        }
    }

    /** Texts of made-up words; those that begin with an even word are good. */
    private static List<LabeledText> texts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LabeledText> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = random.nextInt(6, 8);
            StringBuilder text = new StringBuilder("w" + first);
            for (int rest = random.nextInt(1, 10); rest > 0; rest--) {
                text.append(" w").append(random.nextInt(8, TinyModels.VOCABULARY_SIZE));
            }
            texts.add(new LabeledText(text.toString(), null, first % 2 == 0 ? "good" : "bad", i + 1));
        }
        return texts;
    }
}
