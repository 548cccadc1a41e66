package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thresholds: chosen in training, kept with the model, used and overridden. */
class ThresholdTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path work;

    @Test
    void labelsThresholdsAreChosenKeptUsedAndOverridden() throws IOException {
        Path data = multiLabel();
        Path output = work.resolve("model");
        CommandRun run = CommandRun.of(Workshop.finetune(
                        Workshop.scratch(),
                        data,
                        output,
                        "--task",
                        "multi-label",
                        "--dev",
                        data,
                        "--epochs=2",
                        "--tune-thresholds=label",
                        "--metric=macro_f1"))
                .succeeds();
        assertThat(run.out()).contains("thresholds chosen on these texts: {\"bad\":");
        ObjectNode config = JsonFile.read(output.resolve("config.json"));
        assertThat(config.get("label_thresholds").properties())
                .hasSize(3)
                .allMatch(field ->
                        field.getValue().doubleValue() >= 0 && field.getValue().doubleValue() <= 1);
        double reached = JsonFile.read(output.resolve("provenance.json"))
                .at("/metrics/macro_f1")
                .doubleValue();
        assertThat(macroF1("evaluate", output, "--data", data, "--report", work.resolve("r.json")))
                .isEqualTo(reached);
        assertThat(macroF1("evaluate", output, "--data", data, "--report", work.resolve("r.json"), "--threshold", 0.5))
                .isLessThanOrEqualTo(reached);
        assertThat(labels(output, "--threshold", 0)).containsExactly("bad", "good", "short");
        assertThat(labels(output, "--threshold", 1)).isEmpty();

        config.set(
                "label_thresholds",
                JSON.createObjectNode().put("bad", 0).put("good", 1).put("short", 1));
        JsonFile.write(output.resolve("config.json"), config);
        assertThat(labels(output)).containsExactly("bad");
        config.set("label_thresholds", JSON.createObjectNode().put("bad", 0));
        JsonFile.write(output.resolve("config.json"), config);
        assertThat(CommandRun.of("predict", output, "a film").fails())
                .contains("label_thresholds {\"bad\":0}", "[bad, good, short]");

        // What is trained from it has other labels and does not keep them.
        Path other = Workshop.csv(work.resolve("other.csv"), 20, 1);
        CommandRun.of(Workshop.finetune(output, other, work.resolve("next"), "--epochs=1"))
                .succeeds();
        assertThat(JsonFile.read(work.resolve("next/config.json")).has("label_thresholds"))
                .isFalse();
    }

    private double macroF1(Object... args) throws IOException {
        CommandRun.of(args).succeeds();
        return JsonFile.read(work.resolve("r.json")).get("macro_f1").doubleValue();
    }

    private static List<String> labels(Path model, Object... options) {
        Object[] args = new Object[options.length + 3];
        args[0] = "predict";
        args[1] = model;
        args[2] = "The film near the hotel was dull.";
        System.arraycopy(options, 0, args, 3, options.length);
        return CommandRun.of(args)
                .json()
                .get(0)
                .get("labels")
                .valueStream()
                .map(JsonNode::textValue)
                .toList();
    }

    private Path multiLabel() throws IOException {
        StringBuilder lines = new StringBuilder();
        int row = 0;
        for (String[] cells : Workshop.rows(120, 1)) {
            ObjectNode line = JSON.createObjectNode().put("text", cells[0]);
            ArrayNode labels = line.putArray("label").add(cells[1]);
            if (row++ % 7 == 0) {
                labels.add("short");
            }
            lines.append(line).append('\n');
        }
        return Files.writeString(work.resolve("train.jsonl"), lines);
    }

    @Test
    void theThresholdOfNoAnswerIsChosenWhereSomeQuestionsHaveNone() throws IOException {
        Path data = questions(work.resolve("train.json"), true);
        Path output = work.resolve("model");
        CommandRun run = CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, output, "--task", "qa", "--dev", data, "--epochs=3"))
                .succeeds();
        assertThat(run.out()).contains("threshold of \"no answer\" chosen on these questions: ");
        ObjectNode config = JsonFile.read(output.resolve("config.json"));
        assertThat(config.get("no_answer_threshold").isNumber()).isTrue();
        double reached = JsonFile.read(output.resolve("provenance.json"))
                .at("/metrics/f1")
                .doubleValue();
        Path report = work.resolve("r.json");
        CommandRun.of("evaluate", output, "--data", data, "--report", report).succeeds();
        assertThat(JsonFile.read(report).get("f1").doubleValue()).isEqualTo(reached);
        CommandRun.of("evaluate", output, "--data", data, "--report", report, "--threshold=-1000")
                .succeeds();
        assertThat(JsonFile.read(report).get("f1").doubleValue())
                .as("half have no answer")
                .isEqualTo(0.5);
        String question = "{\"question\":\"What was it?\",\"context\":\"The film near the hotel was dull.\"}\n";
        assertThat(CommandRun.withInput(question, "predict", output, "--threshold=-1000")
                        .json()
                        .get(0)
                        .get("answer")
                        .isNull())
                .isTrue();
        assertThat(CommandRun.withInput(question, "predict", output, "--threshold=1000")
                        .json()
                        .get(0)
                        .get("answer")
                        .isTextual())
                .isTrue();
        config.put("no_answer_threshold", "high");
        JsonFile.write(output.resolve("config.json"), config);
        assertThat(CommandRun.withInput(question, "predict", output).fails()).contains("no_answer_threshold \"high\"");
    }

    @Test
    void whereEveryQuestionHasAnAnswerThereIsNoThreshold() throws IOException {
        Path data = questions(work.resolve("train.json"), false);
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, work.resolve("model"), "--task", "qa", "--dev", data, "--epochs=1"))
                .succeeds();
        assertThat(JsonFile.read(work.resolve("model/config.json")).has("no_answer_threshold"))
                .isFalse();
    }

    private static Path questions(Path file, boolean halfWithout) throws IOException {
        ObjectNode squad = JSON.createObjectNode();
        ArrayNode articles = squad.putArray("data");
        int id = 0;
        for (String[] row : Workshop.rows(80, 1)) {
            String answer = row[0].split(" ")[1];
            boolean has = !halfWithout || id % 2 == 0;
            ObjectNode paragraph = articles.addObject().putArray("paragraphs").addObject();
            paragraph.put("context", row[0]);
            ObjectNode question = paragraph.putArray("qas").addObject().put("id", "q" + id++);
            question.put("question", has ? "What was it?" : "Why?").put("is_impossible", !has);
            ArrayNode answers = question.putArray("answers");
            if (has) {
                answers.addObject().put("text", answer).put("answer_start", 4);
            }
        }
        return Files.writeString(file, squad.toString());
    }

    @Test
    void wrongThresholdsAreRefused() {
        Path model = Workshop.classifier();
        assertThat(CommandRun.of("predict", model, "--threshold=0.5", "a film").fails())
                .contains("--threshold is for models that put any number of labels on a text, or answer questions");
        assertThat(CommandRun.of("predict", model, "--threshold=NaN", "a film").fails())
                .contains("--threshold NaN is not a finite number");
        assertThat(CommandRun.of("predict", model, "--threshold=half", "a film").fails())
                .contains("half");
    }

    @Test
    void aThresholdOfAProbabilityLiesBetweenZeroAndOne() throws IOException {
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), multiLabel(), output, "--task", "multi-label", "--epochs=1"))
                .succeeds();
        assertThat(CommandRun.of("predict", output, "--threshold=1.5", "a film").fails())
                .contains("--threshold 1.5 is not between 0 and 1");
    }
}
