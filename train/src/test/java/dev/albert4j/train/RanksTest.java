package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RanksTest {
    private static final String SETTINGS =
            "{\"epochs\": 3, \"batchSize\": 12, \"learningRate\": 0.01, \"microBatchTokens\": 40, \"optimizer\": \"%s\","
                    + " \"numThreads\": %d}";

    @TempDir
    Path work;

    @BeforeEach
    void writeAVocabulary() throws IOException {
        Files.write(
                work.resolve("vocab.txt"),
                IntStream.range(0, TinyModels.VOCABULARY_SIZE)
                        .mapToObj(i -> TinyModels.vocabulary().token(i))
                        .toList());
    }

    /** What a rank has of a run: every step, and the parameters at the end. */
    private record Run(List<StepReport> steps, Map<String, float[]> parameters) {
        List<Double> losses() {
            return steps.stream().map(StepReport::loss).toList();
        }

        List<Double> gradNorms() {
            return steps.stream().map(StepReport::gradNorm).toList();
        }
    }

    private static Run train(Ranks ranks, double dropout, TrainConfig config) {
        AlbertWeights weights = AlbertWeights.initialize(
                TinyModels.config().toBuilder().hiddenDropoutProb(dropout).build(), 7);
        List<StepReport> steps = new ArrayList<>();
        try (AlbertModel model = new AlbertModel(weights);
                Trainer trainer = new Trainer(
                        new TaskObjective(
                                model,
                                Loss.CLASSIFICATION,
                                TinyModels.examples(24, 3),
                                config,
                                TinyModels.vocabulary()),
                        config,
                        ranks)) {
            while (!trainer.isDone()) {
                steps.add(trainer.step());
            }
            return new Run(steps, Tensors.floats(model.parameters()));
        }
    }

    private static TrainConfig config(String optimizer, int numThreads) {
        return TrainConfig.parse(SETTINGS.formatted(optimizer, numThreads));
    }

    @Test
    void twoRanksOnHalfBatchesHaveTheLossesOfOneRankOnTheWholeBatch() throws Exception {
        Run one = train(Ranks.alone(), 0, config("ADAMW", 1));
        List<Run> two = Together.run(2, ranks -> train(ranks, 0, config("ADAMW", 1)));
        assertThat(one.losses()).hasSize(6);
        for (int i = 0; i < 6; i++) {
            assertThat(two.get(0).losses().get(i)).isCloseTo(one.losses().get(i), within(1e-4));
            assertThat(two.get(0).gradNorms().get(i)).isCloseTo(one.gradNorms().get(i), within(1e-3));
        }
        assertThat(two.get(1).losses()).isEqualTo(two.get(0).losses());
        assertThat(two.get(1).gradNorms()).isEqualTo(two.get(0).gradNorms());
    }

    @Test
    void twoRanksOfOneThreadTakeTheVeryStepsOfOneRankWithTwo() throws Exception {
        for (String optimizer : List.of("ADAMW", "LAMB")) {
            Run one = train(Ranks.alone(), 0.1, config(optimizer, 2));
            List<Run> two = Together.run(2, ranks -> train(ranks, 0.1, config(optimizer, 1)));
            for (Run run : two) {
                assertThat(run.losses()).isEqualTo(one.losses());
                assertThat(run.gradNorms()).isEqualTo(one.gradNorms());
                assertSame(run.parameters(), one.parameters());
            }
        }
    }

    @Test
    void allRanksEndWithTheSameParametersBitForBitWhateverTheirThreads() throws Exception {
        List<Run> runs = Together.run(3, ranks -> train(ranks, 0.1, config("LAMB", ranks.rank() == 1 ? 2 : 1)));
        for (Run run : runs) {
            assertThat(run.losses()).isEqualTo(runs.get(0).losses());
            assertSame(run.parameters(), runs.get(0).parameters());
        }
    }

    private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
    }

    @Test
    void addingUpDoesNotGrowInMemory() throws Exception {
        Together.run(2, ranks -> {
            long before = 0;
            for (int i = 0; i < 400; i++) {
                if (i == 20) {
                    before = Pointer.totalCount();
                }
                assertThat(ranks.sum(ranks.rank(), i)).containsExactly(1, 2 * i);
            }
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before + 64); // of both threads
            return true;
        });
    }

    private Finetuner finetuner(int steps) throws IOException {
        TrainConfig config = TrainConfig.parse("{\"steps\": " + steps
                + ", \"batchSize\": 8, \"learningRate\": 0.01, \"maxLength\": 16, \"numThreads\": 1}");
        return new Finetuner(TinyModels.weights(), Tokenizer.load(work), config);
    }

    private static TrainingTask task() {
        return new TinyTask(TinyModels.examples(40, 5));
    }

    /** Classification of random examples, with the loss on them as the metric. */
    private record TinyTask(List<Example> examples) implements TrainingTask {
        @Override
        public Head head() {
            return Head.SEQUENCE_CLASSIFICATION;
        }

        @Override
        public Objective objective(AlbertModel model, TrainConfig config, Vocabulary vocabulary) {
            return new TaskObjective(model, Loss.CLASSIFICATION, examples, config, vocabulary);
        }

        @Override
        public @Nullable Development development() {
            return null;
        }

        @Override
        public Map<String, String> fingerprint() {
            return Map.of("examples", Integer.toString(examples.size()));
        }
    }

    @Test
    void aLostRankEndsTheRunWithACheckpointFromWhichItGoesOnToTheSameLosses() throws Exception {
        List<Double> undisturbed = new ArrayList<>();
        Together.run(2, ranks -> {
            Finetuner whole = finetuner(20).with(ranks);
            return (ranks.rank() == 0 ? whole.onStep(step -> undisturbed.add(step.loss())) : whole).run(task());
        });
        RunDirectory directory = new RunDirectory(work.resolve("run"));
        List<Double> losses = new ArrayList<>();
        List<Future<Finetuned>> lost = Together.begin(2, ranks -> {
            Finetuner part = finetuner(20).with(ranks).in(directory);
            part.onStep(step -> {
                if (ranks.rank() == 0) {
                    losses.add(step.loss());
                } else if (step.step() == 7) {
                    throw new IllegalStateException("no more");
                }
            });
            return part.run(task());
        });
        assertThatThrownBy(() -> lost.get(1).get()).hasRootCauseMessage("no more");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> lost.get(0).get())
                .havingCause()
                .isInstanceOf(LostRankException.class)
                .withMessageStartingWith("rank 0 lost another of the 2 ranks: ")
                .withMessageEndingWith(
                        "; training ended after step 7 of 20; start all ranks again with the same settings to"
                                + " go on from " + directory.path())
                .withMessageNotContaining(".cc");
        assertThat(directory.hasCheckpoint()).isTrue();
        List<Finetuned> rest = Together.run(2, ranks -> {
            Finetuner part = finetuner(20).with(ranks).in(directory);
            return (ranks.rank() == 0 ? part.onStep(step -> losses.add(step.loss())) : part).run(task());
        });
        assertThat(losses).isEqualTo(undisturbed);
        for (String name : rest.get(0).weights().names()) {
            assertThat(rest.get(1).weights().values(name))
                    .as(name)
                    .isEqualTo(rest.get(0).weights().values(name));
        }
    }

    @Test
    void ifOneRankIsAskedToStopAllStopAfterTheSameStep() throws Exception {
        RunDirectory directory = new RunDirectory(work.resolve("run"));
        List<String> messages = Together.run(3, ranks -> {
            Finetuner run = finetuner(1000).with(ranks).in(directory);
            run.onStep(step -> {
                if (ranks.rank() == 2 && step.step() == 4) {
                    run.stop();
                }
            });
            try {
                run.run(task());
                return "";
            } catch (TrainingStoppedException e) {
                return String.valueOf(e.getMessage());
            }
        });
        assertThat(messages).allMatch(message -> message.startsWith("training stopped after step 4 of 1000; "));
        assertThat(messages.get(0)).endsWith("to go on from " + directory.path());
        assertThat(messages.get(2)).endsWith("rank 0 keeps the checkpoint");
    }

    @Test
    void aRankWithOtherSettingsSaysWhichTheyAre() {
        List<Future<Finetuned>> runs = Together.begin(
                2, ranks -> finetuner(20 + ranks.rank()).with(ranks).run(task()));
        assertThatThrownBy(() -> runs.get(1).get())
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .hasRootCauseMessage("rank 1 has other settings or data than rank 0: steps 20 there, 21 here");
        assertThatThrownBy(() -> runs.get(0).get()).hasRootCauseInstanceOf(RuntimeException.class);
    }

    @Test
    void whoeverDoesNotComeIsNamedInGoodTime() throws IOException {
        Duration second = Duration.ofSeconds(1);
        int free;
        try (Ranks alone = Ranks.open(0, 3, Together.address(0), second)) {
            free = alone.port();
            assertThatThrownBy(() -> alone.meet(() -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessage("of 3 ranks, [1, 2] did not come to localhost:" + free + " within 1 s");
            assertThatThrownBy(() -> Ranks.open(0, 3, Together.address(free), second))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen at localhost:" + free + ": ");
            assertThatThrownBy(() -> Ranks.open(1, 2, Together.address(free), second))
                    .isInstanceOf(IOException.class)
                    .hasMessage("rank 0 at localhost:" + free + " has 3 ranks, rank 1 has 2");
            try (Ranks one = Ranks.open(1, 3, Together.address(free), second)) {
                assertThat(one.rank()).isEqualTo(1);
                assertThatThrownBy(() -> Ranks.open(1, 3, Together.address(free), second))
                        .isInstanceOf(IOException.class)
                        .hasMessage("there is another rank 1 with rank 0 at localhost:" + free);
            }
        }
        assertThatThrownBy(() -> Ranks.open(1, 3, Together.address(free), second))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("rank 0 cannot be reached at localhost:" + free + " within 1 s: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ranks.open(3, 3, Together.address(0), second))
                .withMessage("rank 3 of 3 is not one of several");
    }

    @Test
    void ncclThatDoesNotLoadIsAWrongSetting() throws IOException {
        try (Ranks alone = Ranks.open(0, 2, Together.address(0), Duration.ofSeconds(1))) {
            assertThatExceptionOfType(WrongSettingException.class)
                    .isThrownBy(alone::connectGpus)
                    .withMessageContaining("org.bytedeco:cuda")
                    .satisfies(wrong -> assertThat(wrong.setting()).isEqualTo("device"));
        }
    }
}
