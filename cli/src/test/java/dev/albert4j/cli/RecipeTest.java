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

    @Test
    void aWrongValueIsToldByTheNameOfItsOptionOrOfItsSetting() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 20, 1);
        // Both are found only when the model and the data are read.
        for (String option : List.of("--max-length=1000", "--class-weights=ugly=2")) {
            CommandRun run = CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("model"), option));
            assertThat(run.status()).as(run.err()).isEqualTo(2);
            assertThat(run.err())
                    .containsAnyOf(
                            "albert finetune: --max-length 1000 exceeds the model's 48 positions",
                            "albert finetune: --class-weights label ugly is none of [bad, good]");
        }
        Path config = Files.writeString(work.resolve("settings.json"), "{\"learningRate\": 20, \"epochs\": 1}");
        assertThat(CommandRun.of(
                                Workshop.finetune(Workshop.encoder(), train, work.resolve("model"), "--config", config))
                        .fails())
                .contains("albert finetune: learningRate 20.0 is not between");
        assertThat(Workshop.tree(work)).containsExactly("", "settings.json", "train.csv");
    }

    @Test
    void rareLabelsCountMoreWhereAsked() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 1);
        for (String weights : List.of("balanced", "good=3")) {
            CommandRun.of(Workshop.finetune(
                            Workshop.encoder(),
                            train,
                            work.resolve("model"),
                            "--class-weights=" + weights,
                            "--layer-decay=0.9",
                            "--epochs=1"))
                    .succeeds();
            ObjectNode used = JsonFile.read(work.resolve("model/provenance.json"));
            assertThat(used.at("/config/classWeights").textValue()).isEqualTo(weights);
            assertThat(used.at("/config/layerDecay").doubleValue()).isEqualTo(0.9);
        }
    }
}
