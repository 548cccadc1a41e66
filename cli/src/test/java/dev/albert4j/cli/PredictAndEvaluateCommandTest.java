package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictAndEvaluateCommandTest {
    private static final String GOOD = "The film near the hotel was wonderful.";
    private static final String BAD = "The story near the garden was dull.";

    @TempDir
    Path work;

    @Test
    void argumentsAreClassifiedInTheirOrder() {
        CommandRun run = CommandRun.of("predict", Workshop.classifier(), GOOD, BAD, "");
        List<JsonNode> answers = run.json();
        assertThat(run.err()).isEmpty();
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0).get("label").textValue()).isEqualTo("good");
        assertThat(answers.get(1).get("label").textValue()).isEqualTo("bad");
        assertThat(answers.get(0).fieldNames()).toIterable().containsExactly("label", "score", "scores", "truncated");
        assertThat(answers.get(0).get("scores").fieldNames()).toIterable().containsExactly("bad", "good");
        assertThat(answers.get(0).get("truncated").booleanValue()).isFalse();
        double sum = answers.get(0).at("/scores/bad").doubleValue()
                + answers.get(0).at("/scores/good").doubleValue();
        assertThat(sum).isCloseTo(1, within(1e-6));
    }

    @Test
    void linesOfStandardInputGiveWhatArgumentsGive() {
        String expected = CommandRun.of("predict", Workshop.classifier(), GOOD, BAD)
                .succeeds()
                .out();
        assertThat(CommandRun.withInput(GOOD + "\n" + BAD + "\n", "predict", Workshop.classifier())
                        .succeeds()
                        .out())
                .isEqualTo(expected);
        String json = "{\"text\":\"" + GOOD + "\"}\n{\"text\":\"" + BAD + "\",\"pair\":null}\n";
        assertThat(CommandRun.withInput(json, "predict", Workshop.classifier())
                        .succeeds()
                        .out())
                .isEqualTo(expected);
        assertThat(CommandRun.of("predict", Workshop.classifier()).succeeds().out())
                .isEmpty();
    }

    @Test
    void theMostProbableLabelsComeFirst() {
        JsonNode one = CommandRun.of("predict", Workshop.classifier(), "--top-k", 1, GOOD)
                .json()
                .get(0);
        assertThat(one.get("scores").fieldNames()).toIterable().containsExactly("good");
        JsonNode more = CommandRun.of("predict", Workshop.classifier(), "--top-k", 9, GOOD)
                .json()
                .get(0);
        assertThat(more.get("scores").fieldNames()).toIterable().containsExactly("good", "bad");
    }

    @Test
    void theWordThatDecidesContributesMost() {
        JsonNode answer = CommandRun.of("predict", Workshop.classifier(), "--explain", GOOD)
                .json()
                .get(0);
        JsonNode strongest = answer.at("/words/0");
        for (JsonNode word : answer.get("words")) {
            String there =
                    GOOD.substring(word.get("begin").intValue(), word.get("end").intValue());
            assertThat(word.get("word").textValue()).isEqualTo(there);
            assertThat(word.get("text").intValue()).isZero();
            if (word.get("contribution").doubleValue()
                    > strongest.get("contribution").doubleValue()) {
                strongest = word;
            }
        }
        assertThat(strongest.get("word").textValue()).isEqualTo("wonderful");
        assertThat(strongest.get("contribution").doubleValue()).isGreaterThan(0.1);
    }

    @Test
    void batchesAndThreadsAndTheEngineDoNotMatter() {
        StringBuilder input = new StringBuilder();
        Workshop.rows(50, 11).forEach(row -> input.append(row[0]).append('\n'));
        List<JsonNode> expected = predict(input.toString());
        for (List<Object> options : List.of(
                List.<Object>of("--batch-tokens", 1),
                List.<Object>of("--batch-tokens=100000", "--threads=1"),
                List.<Object>of("--threads", 3),
                List.<Object>of("--engine", "torch"),
                List.<Object>of("--engine", "onnx"))) {
            List<JsonNode> answers = predict(input.toString(), options.toArray());
            assertThat(answers).hasSameSizeAs(expected);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).at("/scores/good").doubleValue())
                        .as("%s", options)
                        .isCloseTo(expected.get(i).at("/scores/good").doubleValue(), within(1e-4));
            }
        }
    }

    private static List<JsonNode> predict(String input, Object... options) {
        Object[] args = new Object[options.length + 2];
        args[0] = "predict";
        args[1] = Workshop.classifier();
        System.arraycopy(options, 0, args, 2, options.length);
        return CommandRun.withInput(input, args).json();
    }

    @Test
    void aLineOfTenMegabytesIsTruncatedAndSaysSo() {
        String line = "great film ".repeat((10 << 20) / 11);
        List<JsonNode> answers = CommandRun.withInput(
                        line + "\n" + "x".repeat(10 << 20) + "\n" + BAD, "predict", Workshop.classifier())
                .json();
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0).get("truncated").booleanValue()).isTrue();
        assertThat(answers.get(2).get("truncated").booleanValue()).isFalse();
        assertThat(answers.get(2).get("label").textValue()).isEqualTo("bad");
    }

    @Test
    void evaluationPrintsTheTableAndWritesItAsJson() throws IOException {
        Path data = Workshop.csv(work.resolve("dev.csv"), 60, 9);
        Path report = work.resolve("report.json");
        CommandRun run = CommandRun.of("evaluate", Workshop.classifier(), "--data", data, "--report", report)
                .succeeds();
        assertThat(run.out())
                .contains(
                        "precision", "recall", "f1-score", "support", "macro avg", "weighted avg", "confusion matrix");
        ObjectNode json = JsonFile.read(report);
        assertThat(json.at("/accuracy").doubleValue()).isGreaterThan(0.9);
        assertThat(json.at("/classes/good/support").intValue()).isEqualTo(30);
        assertThat(json.at("/macro avg/f1-score").doubleValue()).isGreaterThan(0.9);
        assertThat(json.get("data").textValue()).endsWith("dev.csv");
        assertThat(json.get("expected_calibration_error").doubleValue()).isBetween(0.0, 1.0);
        assertThat(json.at("/calibration/bins")).hasSize(10);
        assertThat(json.at("/worst_errors/count").isNumber()).isTrue();
        Path page = work.resolve("report.HTML");
        CommandRun html = CommandRun.of("evaluate", Workshop.classifier(), "--data", data, "--report", page)
                .succeeds();
        assertThat(html.out()).isEqualTo(run.out());
        assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("Calibration", "Worst errors");
        CommandRun torch = CommandRun.of("evaluate", Workshop.classifier(), "--data", data, "--engine", "torch")
                .succeeds();
        assertThat(torch.out()).isEqualTo(run.out());
    }

    @Test
    void aReportThatCannotBeWrittenIsRefusedBeforeTheWork() throws IOException {
        Path data = Workshop.csv(work.resolve("dev.csv"), 60, 9);
        for (String report : List.of(
                "/proc/report.json", work.resolve("none/report.json").toString(), data + "/r", work.toString())) {
            assertThat(CommandRun.of("evaluate", Workshop.classifier(), "--data", data, "--report", report)
                            .fails())
                    .contains(report);
        }
        assertThat(Workshop.tree(work)).containsExactly("", "dev.csv");
    }

    @Test
    void anEncoderWithoutAHeadMakesVectorsAndIsNoClassifier() throws IOException {
        assertThat(CommandRun.of("predict", Workshop.encoder(), GOOD)
                        .json()
                        .get(0)
                        .get("embedding"))
                .hasSize(Workshop.HIDDEN_SIZE);
        Path data = Workshop.csv(work.resolve("dev.csv"), 4, 9);
        assertThat(CommandRun.of("evaluate", Workshop.encoder(), "--data", data).fails())
                .contains("dev.csv line 2", "no second text", "measured on pairs");
    }

    @Test
    void labelsOfAnotherTaskAreRefused() throws IOException {
        Path data = Files.writeString(work.resolve("dev.csv"), "text,label\nfine,good\nso so,average\n");
        assertThat(CommandRun.of("evaluate", Workshop.classifier(), "--data", data)
                        .fails())
                .contains("dev.csv line 3", "\"average\"", "[bad, good]");
    }
}
