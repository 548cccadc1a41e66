package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code finetune --early-exit}, and what can be done with its models. */
class EarlyExitCommandTest {
    private static final String[] TEXTS = {"The coffee was brilliant.", "A dull and boring film, really."};

    @TempDir
    static Path work;

    private static Path train;
    private static Path model; // of four layers

    @BeforeAll
    static void train() throws IOException {
        train = Workshop.csv(work.resolve("train.csv"), 80, 1);
        Path scratch = Workshop.copy(Workshop.scratch(), work.resolve("scratch"), "provenance.json");
        Path config = scratch.resolve("config.json");
        JsonFile.write(config, JsonFile.read(config).put("num_hidden_layers", 4));
        model = work.resolve("model");
        CommandRun.of(Workshop.finetune(scratch, train, model, "--early-exit", "--dev", train))
                .succeeds();
    }

    @Test
    void textsLeaveWithTheLayerSaid() throws IOException {
        AlbertConfig config = ModelDirectory.open(model).config();
        assertThat(config.exitClassifiers()).isTrue();
        assertThat(CommandRun.of("inspect", model).succeeds().out()).containsPattern("exitClassifiers +3");
        for (String engine : List.of("cpu", "int8")) {
            List<JsonNode> answers = CommandRun.of(
                            "predict", model, TEXTS[0], TEXTS[1], "--patience", 1, "--engine", engine)
                    .json();
            assertThat(answers).hasSize(2);
            for (JsonNode answer : answers) {
                assertThat(answer.get("layer").asInt()).isBetween(2, 4);
            }
        }
        JsonNode whole = CommandRun.of("predict", model, TEXTS[0]).json().get(0);
        assertThat(whole.has("layer")).isFalse();
        JsonNode last = CommandRun.of("predict", model, TEXTS[0], "--patience", 3)
                .json()
                .get(0);
        assertThat(last.get("layer").asInt()).isEqualTo(4);
        assertThat(last.get("scores")).isEqualTo(whole.get("scores"));
    }

    @Test
    void anEvaluationTellsTheMeanNumberOfLayers() throws IOException {
        Path report = work.resolve("report.json");
        CommandRun run = CommandRun.of("evaluate", model, "--data", train, "--patience", 1, "--report", report)
                .succeeds();
        double layers = JsonFile.read(report).get("mean_layers").asDouble();
        assertThat(layers).isBetween(2.0, 4.0);
        assertThat(run.out()).contains(String.format("mean layers %.4f", layers), "accuracy");
        assertThat(CommandRun.of("evaluate", model, "--data", train).succeeds().out())
                .doesNotContain("mean layers");
    }

    @Test
    void trainingGoesOnFromItWithItsClassifiersOrWithoutThem() throws IOException {
        Path again = work.resolve("again");
        CommandRun.of(Workshop.finetune(model, train, again, "--early-exit", "--epochs=1", "--learning-rate=1e-12"))
                .succeeds();
        AlbertWeights before = ModelDirectory.open(model).weights();
        AlbertWeights after = ModelDirectory.open(again).weights();
        for (String name : List.of("exit_classifiers.0.weight", "exit_classifiers.2.weight", "classifier.weight")) {
            assertThat(after.values(name)).usingComparatorWithPrecision(1e-6f).containsExactly(before.values(name));
        }
        Path plain = work.resolve("plain");
        CommandRun.of(Workshop.finetune(model, train, plain, "--epochs=1")).succeeds();
        assertThat(ModelDirectory.open(plain).config().exitClassifiers()).isFalse();
    }

    @Test
    void aSmallerModelHasTheClassifiersOfTheLayersThatStay() throws IOException {
        AlbertWeights whole = ModelDirectory.open(model).weights();
        Path two = work.resolve("two");
        CommandRun.of("compress", model, "--layers", 2, "--output", two).succeeds();
        AlbertWeights shallow = ModelDirectory.open(two).weights();
        assertThat(shallow.values("exit_classifiers.0.weight")).isEqualTo(whole.values("exit_classifiers.0.weight"));
        assertThat(shallow.values("classifier.weight")).isEqualTo(whole.values("exit_classifiers.1.weight"));
        assertThat(shallow.values("classifier.bias")).isEqualTo(whole.values("exit_classifiers.1.bias"));
        List<JsonNode> early = predict(model, "--patience", 1);
        List<JsonNode> ended = predict(two);
        int numEarly = 0;
        for (int i = 0; i < early.size(); i++) {
            if (early.get(i).get("layer").asInt() == 2) {
                assertThat(ended.get(i).get("scores")).isEqualTo(early.get(i).get("scores"));
                numEarly++;
            }
        }
        assertThat(numEarly).isPositive();
        Path one = work.resolve("one");
        CommandRun.of("compress", model, "--layers", 1, "--output", one).succeeds();
        assertThat(ModelDirectory.open(one).config().exitClassifiers()).isFalse();
        assertThat(ModelDirectory.open(one).weights().values("classifier.weight"))
                .isEqualTo(whole.values("exit_classifiers.0.weight"));
        Path small = work.resolve("small");
        CommandRun.of(
                        "compress",
                        model,
                        "--quantize",
                        "int8",
                        "--prune-neurons",
                        0.25,
                        "--data",
                        train,
                        "--output",
                        small)
                .succeeds();
        CommandRun.of("predict", small, TEXTS[0], "--patience", 1).succeeds();
    }

    private static List<JsonNode> predict(Path model, Object... options) {
        List<Object> args = new ArrayList<>(List.of("predict", model));
        Workshop.rows(40, 9).forEach(row -> args.add(row[0]));
        args.addAll(List.of(options));
        return CommandRun.of(args.toArray()).json();
    }

    @Test
    void aGraphHasTheLastClassifierOnly() throws IOException {
        Path graph = work.resolve("graph");
        CommandRun.of("export", model, "--format", "onnx", "--output", graph).succeeds();
        JsonNode whole = CommandRun.of("predict", model, TEXTS[0]).json().get(0);
        JsonNode onnx = CommandRun.of("predict", model, TEXTS[0], "--engine", "onnx")
                .json()
                .get(0);
        assertThat(onnx.get("label")).isEqualTo(whole.get("label"));
    }

    @Test
    void whatHasNoExitsIsRefused() {
        assertThat(predictFails(Workshop.classifier(), "--patience", 1))
                .contains("patience needs a model with exit classifiers");
        assertThat(predictFails(model, "--patience", 0)).contains("patience 0 is not between 1 and 3");
        assertThat(predictFails(model, "--patience", 4)).contains("patience 4 is not between 1 and 3");
        for (String engine : List.of("torch", "onnx")) {
            assertThat(predictFails(model, "--patience", 1, "--engine", engine))
                    .contains("patience needs an engine that goes layer by layer, cpu or int8");
        }
        assertThat(predictFails(model, "--patience", 1, "--explain")).contains("--explain", "without --patience");
        assertThat(predictFails(Workshop.encoder(), "--patience", 1))
                .contains("--patience is for models that put one label on a text");
        Path out = work.resolve("out");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.encoder(), train, out, "--task", "multi-label", "--early-exit"))
                        .fails())
                .contains("--early-exit is for --task classification");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.encoder(), train, out, "--early-exit", "--teacher", Workshop.classifier()))
                        .fails())
                .contains("a model with exit classifiers cannot learn from a teacher");
        assertThat(out).doesNotExist();
    }

    private static String predictFails(Path model, Object... options) {
        Object[] args = new Object[3 + options.length];
        System.arraycopy(new Object[] {"predict", model, TEXTS[0]}, 0, args, 0, 3);
        System.arraycopy(options, 0, args, 3, options.length);
        return CommandRun.of(args).fails();
    }
}
