package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuning as a process of its own that is stopped, killed, or started twice. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoppedRunTest {
    private static final String BEGUN = "epoch 2: ";

    @TempDir
    Path work;

    private Path output = Path.of("");
    private Object[] args = {};

    @BeforeEach
    void writeData() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 160, 1);
        Path dev = Workshop.csv(work.resolve("dev.csv"), 20, 2);
        output = work.resolve("model");
        args = Workshop.finetune(
                Workshop.encoder(),
                train,
                output,
                "--dev",
                dev,
                "--epochs=40",
                "--batch-size=8",
                "--learning-rate=0.001");
    }

    @Test
    void anInterruptedRunSaysHowToGoOnAndEndsAsIfItHadNotBeenInterrupted() throws Exception {
        try (RunningCommand run = new RunningCommand(args)) {
            run.await(BEGUN);
            run.signal("INT");
            assertThat(run.status()).isEqualTo(130);
            assertThat(run.lastLine()).contains("training stopped after step", "of 800", "to go on from", "model.run");
        }
        assertThat(Workshop.tree(work))
                .containsExactly(
                        "",
                        "dev.csv",
                        "model.run",
                        "model.run/checkpoint.safetensors",
                        "model.run/log.jsonl",
                        "train.csv");
        try (RunningCommand run = new RunningCommand(args)) {
            run.await("going on with the unfinished run after step ");
            run.await("epoch ");
            run.signal("TERM");
            assertThat(run.status()).isEqualTo(143);
            assertThat(run.lastLine()).contains("training stopped after step");
        }
        CommandRun resumed = CommandRun.of(args).succeeds();
        assertThat(resumed.err()).contains("going on with the unfinished run after step ", "epoch 40: ");
        assertThat(Workshop.tree(work)).doesNotContain("model.run");
        byte[] result = Files.readAllBytes(output.resolve("model.safetensors"));
        assertThat(result).isEqualTo(uninterrupted());
        assertThat(loggedSteps())
                .isEqualTo(IntStream.rangeClosed(1, 800).boxed().toList());
    }

    private List<Integer> loggedSteps() throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (String line : Files.readAllLines(output.resolve("log.jsonl"))) {
            JsonNode entry = new ObjectMapper().readTree(line);
            if (entry.at("/type").asText().equals("steps")) {
                steps.add(entry.at("/step").asInt());
            }
        }
        return steps;
    }

    private byte[] uninterrupted() throws IOException {
        Path other = work.resolve("other");
        Object[] same = args.clone();
        same[List.of(same).indexOf(output)] = other;
        CommandRun.of(same).succeeds();
        return Files.readAllBytes(other.resolve("model.safetensors"));
    }

    @Test
    void aKilledRunLeavesNoModelAndTheNextStartGoesOn() throws Exception {
        try (RunningCommand run = new RunningCommand(args)) {
            run.await(BEGUN);
            run.signal("KILL");
            assertThat(run.status()).isEqualTo(137);
        }
        assertThat(output).doesNotExist();
        CommandRun resumed = CommandRun.of(args).succeeds();
        assertThat(resumed.err()).contains("going on with the unfinished run after step ");
        CommandRun.of("predict", output, "The film was fine.").succeeds();
        assertThat(Workshop.tree(work)).noneMatch(name -> name.startsWith("model.run") || name.startsWith("."));
        assertThat(loggedSteps())
                .isEqualTo(IntStream.rangeClosed(1, 800).boxed().toList());
    }

    @Test
    void aSecondRunIntoTheSameOutputIsRefused() throws Exception {
        Object[] args = this.args.clone();
        args[List.of(args).indexOf("--epochs=40")] = "--epochs=100000";
        try (RunningCommand run = new RunningCommand(args)) {
            run.await(BEGUN);
            CommandRun second = CommandRun.of(args);
            assertThat(second.status()).isEqualTo(2);
            assertThat(second.out()).isEmpty();
            assertThat(second.err()).contains("model.run is in use by another run", "--output");
            run.await("epoch ");
            run.signal("INT");
            assertThat(run.status()).isEqualTo(130);
        }
        assertThat(Workshop.tree(work))
                .contains("model.run/checkpoint.safetensors")
                .doesNotContain("model", "model.run/lock");
    }

    @Test
    void anUnfinishedRunIsNotGoneOnWithByOtherSettings() throws Exception {
        try (RunningCommand run = new RunningCommand(args)) {
            run.await(BEGUN);
            run.signal("KILL");
            assertThat(run.status()).isEqualTo(137);
        }
        Object[] other = args.clone();
        other[List.of(other).indexOf("--learning-rate=0.001")] = "--learning-rate=0.002";
        CommandRun run = CommandRun.of(other);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("model.run", "learningRate 0.001 there, 0.002 here");
        assertThat(output.resolveSibling("model.run").resolve("checkpoint.safetensors"))
                .exists();
    }
}
