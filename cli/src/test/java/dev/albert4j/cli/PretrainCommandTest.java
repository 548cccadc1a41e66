package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PretrainCommandTest {
    @TempDir
    Path work;

    private Path corpus;
    private Path output;

    @BeforeEach
    void writeACorpus() throws IOException {
        corpus = Workshop.documents(work.resolve("corpus.txt"));
        output = work.resolve("model");
    }

    /** A command that takes about a second; options go before the usual ones. */
    private Object[] pretrain(Object... options) {
        List<Object> args = new ArrayList<>(List.of("pretrain"));
        args.addAll(Arrays.asList(options));
        Object[][] usual = {
            {"--config", Workshop.scratch()},
            {"--corpus", corpus},
            {"--output", output},
            {"--threads", 1},
            {"--batch-size", 8},
            {"--max-length", 40},
            {"--dev-share", 0.1}
        };
        for (Object[] option : usual) {
            if (args.stream().noneMatch(arg -> arg.toString().split("=", 2)[0].equals(option[0]))) {
                args.addAll(Arrays.asList(option));
            }
        }
        return args.toArray();
    }

    @Test
    void positionsCanStartAsCopiesOfTheFirst() throws IOException {
        CommandRun.of(pretrain("--steps=2")).succeeds();
        Path second = work.resolve("second");
        CommandRun.of(pretrain(
                        "--init",
                        output,
                        "--repeat-positions=10",
                        "--output",
                        second,
                        "--steps=1",
                        "--learning-rate=1e-9"))
                .succeeds();
        float[] before = positions(output);
        float[] after = positions(second);
        int repeated = 10 * before.length / Workshop.MAX_LENGTH;
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isCloseTo(before[i % repeated], Offset.offset(1e-6f));
        }
        assertThat(CommandRun.of(pretrain("--repeat-positions=10", "--output", work.resolve("third")))
                        .fails())
                .contains("--repeat-positions needs --init");
        for (int wrong : new int[] {0, Workshop.MAX_LENGTH}) {
            assertThat(CommandRun.of(pretrain("--init", output, "--repeat-positions", wrong))
                            .fails())
                    .contains("--repeat-positions " + wrong + " is not between 1 and " + (Workshop.MAX_LENGTH - 1));
        }
    }

    private static float[] positions(Path model) throws IOException {
        return ModelDirectory.open(model).weights().values("albert.embeddings.position_embeddings.weight");
    }

    @Test
    void theResultIsAModelToFineTuneFrom() throws IOException {
        CommandRun run =
                CommandRun.of(pretrain("--steps=20", "--evaluate-every=10")).succeeds();
        assertThat(run.out()).contains("mlm accuracy", "mlm perplexity", "sop accuracy");
        assertThat(run.err()).contains("epoch 1, step 10: MLM accuracy", "examples to train on", "held back");
        assertThat(Workshop.tree(work))
                .contains("model/log.jsonl", "model/report.html", "model/model.safetensors")
                .noneMatch(name -> name.startsWith("model.run") || name.startsWith("."));
        ModelDirectory model = ModelDirectory.open(output);
        assertThat(model.config().head()).isEqualTo(Head.PRE_TRAINING);
        assertThat(model.weights().names()).contains("predictions.bias", "sop_classifier.classifier.weight");
        assertThat(model.provenance().orElseThrow().config()).containsKeys("maskedLmProb", "ngram", "learningRate");
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 1);
        Path finetuned = work.resolve("finetuned");
        CommandRun.of(Workshop.finetune(output, train, finetuned, "--epochs=1")).succeeds();
        CommandRun.of("predict", finetuned, "The film was fine.").succeeds();
        Path second = work.resolve("second");
        CommandRun.of("pretrain", "--init", output, "--corpus", corpus, "--output", second, "--steps=2", "--threads=1")
                .succeeds();
        assertThat(ModelDirectory.open(second).provenance().orElseThrow().toString())
                .contains("model");
    }

    @Test
    void aRunWhoseTimeIsOverIsGoneOnWithByTheSameCommand() throws IOException {
        Path tokens = work.resolve("tokens");
        CommandRun first = CommandRun.of(pretrain("--steps=40", "--minutes=0.0001", "--tokens", tokens))
                .succeeds();
        assertThat(first.err()).contains("of 40; start it again");
        assertThat(Workshop.tree(work))
                .contains("model.run/checkpoint.safetensors", "tokens/corpus.txt/ids")
                .doesNotContain("model");
        CommandRun second = CommandRun.of(pretrain("--steps=40", "--hours=1", "--tokens", tokens))
                .succeeds();
        assertThat(second.err())
                .contains("going on with the unfinished run after step ")
                .doesNotContain("tokenized");
        assertThat(Workshop.tree(work))
                .contains("model", "tokens/corpus.txt/ids")
                .doesNotContain("model.run");
    }

    @Test
    void aRunThatIsKilledTenTimesHasTheLossesOfAnUndisturbedOne() throws Exception {
        String[] options = {"--steps=900", "--evaluate-every=20", "--seed=7"};
        CommandRun.of(pretrain((Object[]) options)).succeeds();
        List<Double> undisturbed = Workshop.losses(output.resolve("log.jsonl"));
        assertThat(undisturbed).hasSize(900);
        output = work.resolve("killed");
        Object[] again = pretrain((Object[]) options);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int kill = 1; kill <= 10; kill++) {
            try (RunningCommand run = new RunningCommand(again)) {
                run.await("epoch "); // an evaluation, and with it a checkpoint
                Thread.sleep(random.nextInt(200));
                run.signal(kill % 3 == 0 ? "TERM" : "KILL");
                assertThat(run.status()).as("kill %d with seed %d", kill, seed).isNotZero();
            }
        }
        CommandRun.of(again).succeeds();
        assertThat(Workshop.losses(output.resolve("log.jsonl")))
                .as("seed %d", seed)
                .isEqualTo(undisturbed);
    }

    @Test
    void wrongInputIsAnsweredWithOneLine() throws IOException {
        assertThat(CommandRun.of("pretrain", "--corpus", corpus, "--output", output)
                        .fails())
                .contains("--config or --init is missing");
        assertFails("--steps and --epochs exclude each other", "--steps=3", "--epochs=1");
        assertFails("--minutes and --hours exclude each other", "--minutes=3", "--hours=1");
        assertFails("--minutes must be a time above 0", "--minutes=0");
        assertFails("--dev-share 1.0 is not at least 0 and below 1", "--dev-share=1");
        assertFails("--max-length 64 exceeds the model's 48 positions", "--max-length=64");
        assertFails("maxLength 4 is less than 5", "--max-length=4");
        assertFails("--device CUDA is not to be had", "--device=cuda");
        assertFails("--device CUDA is not to be had", "--device=cuda", "--processes=2");
        assertFails("--precision", "--precision=fp16");
        assertFails("maxNgram", "--ngram=0");
        assertFails("probability", "--masked-lm-prob=0");
        assertFails("shortProbability 2.0 is not between 0 and 1", "--short-seq-prob=2");
        assertFails("--preset", "--preset=bert");
        assertFails("there is no such file", "--corpus", work.resolve("none.txt"));
        assertFails("has no weights to start from", "--init", Workshop.scratch());
        corpus = Files.createFile(work.resolve("empty.txt"));
        CommandRun run = CommandRun.of(pretrain());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).endsWith("albert pretrain: the corpus [" + corpus + "] has no text\n");
        assertThat(Files.exists(output)).isFalse();
    }

    private void assertFails(String problem, Object... options) {
        assertThat(CommandRun.of(pretrain(options)).fails()).contains(problem).startsWith("albert pretrain: ");
    }
}
