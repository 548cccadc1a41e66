package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Optimizers, schedules, early ends and logs, as a user asks for them. */
class RecipeTest {
    @TempDir
    Path work;

    @Test
    void aRunWithARecipeOfItsOwnIsWrittenDown() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 64, 1);
        Path dev = Workshop.csv(work.resolve("dev.csv"), 40, 2);
        CommandRun run = CommandRun.of(Workshop.finetune(
                        Workshop.encoder(),
                        train,
                        work.resolve("model"),
                        "--dev",
                        dev,
                        "--optimizer=lamb",
                        "--schedule=cosine",
                        "--preset=albert-v1",
                        "--dropout=0.05",
                        "--freeze=embeddings",
                        "--head-learning-rate=0.01",
                        "--epochs=50",
                        "--patience=2",
                        "--tensorboard",
                        work.resolve("events")))
                .succeeds();
        assertThat(run.err()).contains("ended early: 2 evaluations without a better metric");
        ObjectNode used = JsonFile.read(work.resolve("model/provenance.json"));
        assertThat(used.at("/config/optimizer").textValue()).isEqualTo("LAMB");
        assertThat(used.at("/config/schedule").textValue()).isEqualTo("COSINE");
        assertThat(used.at("/config/freeze").textValue()).isEqualTo("EMBEDDINGS");
        assertThat(used.at("/config/headLearningRate").doubleValue()).isEqualTo(0.01);
        assertThat(used.at("/config/hiddenDropout").doubleValue()).isEqualTo(0.05);
        assertThat(used.at("/config/attentionDropout").doubleValue()).isEqualTo(0.1);

        List<JsonNode> log = new ArrayList<>();
        for (String line : Files.readAllLines(work.resolve("model/log.jsonl"))) {
            log.add(new ObjectMapper().readTree(line));
        }
        long evaluations = log.stream()
                .filter(line -> line.at("/type").asText().equals("evaluation"))
                .count();
        long steps = log.stream()
                .filter(line -> line.at("/type").asText().equals("steps"))
                .count();
        assertThat(evaluations)
                .isEqualTo(run.err()
                        .lines()
                        .filter(line -> line.startsWith("epoch"))
                        .count());
        assertThat(steps).isEqualTo(4 * evaluations).isLessThan(200);
        assertThat(log.get(log.size() - 1).at("/metrics/accuracy").isNumber()).isTrue();
        try (Stream<Path> files = Files.list(work.resolve("events"))) {
            assertThat(files)
                    .hasSize(1)
                    .allMatch(file -> file.getFileName().toString().startsWith("events.out.tfevents."));
        }
        assertThat(Workshop.tree(work)).noneMatch(name -> name.contains(".run"));
    }

    @Test
    void severalSeedsGiveAModelEachAndMeanAndDeviation() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 64, 1);
        Object[] args = Workshop.finetune(
                Workshop.encoder(), train, work.resolve("models"), "--dev-share=0.25", "--epochs=1", "--seeds=5,6");
        CommandRun run = CommandRun.of(args).succeeds();
        assertThat(Workshop.tree(work)).contains("models/seed-5/log.jsonl", "models/seed-6/config.json");
        assertThat(JsonFile.read(work.resolve("models/seed-6/provenance.json"))
                        .at("/config/seed")
                        .asInt())
                .isEqualTo(6);
        assertThat(run.out().lines().toList().subList((int) run.out().lines().count() - 5, (int)
                        run.out().lines().count()))
                .extracting(line -> line.split(" ")[0])
                .containsExactly("seed", "5", "6", "mean", "deviation");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.encoder(), train, work.resolve("other"), "--dev-share=0.25", "--seeds=5,5"))
                        .fails())
                .contains("--seeds [5, 5] has a seed twice");
        assertThat(SeedRuns.table(
                        List.of(1L, 2L, 3L),
                        List.of(Map.of("accuracy", 0.5), Map.of("accuracy", 0.75), Map.of("accuracy", 0.25))))
                .isEqualTo("""
                        seed            accuracy
                        1                 0.5000
                        2                 0.7500
                        3                 0.2500
                        mean              0.5000
                        deviation         0.2500
                        """);
    }

    @Test
    void aSecondRunReplacesTheLogOfTheFirst() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 32, 1);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output)).succeeds();
        assertThat(Files.readAllLines(output.resolve("log.jsonl"))).hasSize(8);
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output, "--epochs=1"))
                .succeeds();
        assertThat(Files.readAllLines(output.resolve("log.jsonl"))).hasSize(2);
    }
}
