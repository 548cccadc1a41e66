package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.JsonFile;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks other than classification, from data to answers. */
class TaskTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path work;

    @Test
    void aModelLearnsAnyNumberOfLabels() throws IOException {
        StringBuilder train = new StringBuilder();
        for (String[] row : Workshop.rows(200, 1)) {
            boolean film = row[0].contains("film") || row[0].contains("story");
            String labels = film ? "[\"" + row[1] + "\",\"art\"]" : "[\"" + row[1] + "\"]";
            train.append("{\"text\":\"")
                    .append(row[0])
                    .append("\",\"label\":")
                    .append(labels)
                    .append("}\n");
        }
        train.append("{\"text\":\"nothing at all\",\"label\":[]}\n");
        Path data = Files.writeString(work.resolve("train.jsonl"), train);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, output, "--task", "multi-label", "--dev", data, "--epochs", "8"))
                .succeeds();
        assertThat(ModelDirectory.open(output).config().problemType())
                .isEqualTo(ProblemType.MULTI_LABEL_CLASSIFICATION);
        assertThat(JsonFile.read(output.resolve("provenance.json"))
                        .at("/metrics/micro_f1")
                        .doubleValue())
                .isGreaterThan(0.8);
        JsonNode answer = JSON.readTree(
                CommandRun.of("predict", output, "a film").succeeds().out());
        assertThat(answer.get("labels").isArray()).isTrue();
        assertThat(answer.get("scores").size()).isEqualTo(3);
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("micro avg", "exact match");
        assertThat(CommandRun.of("predict", output, "--explain", "a film").fails())
                .contains("--explain is for classification", "multi-label");
    }

    @Test
    void aModelLearnsANumber() throws IOException {
        StringBuilder train = new StringBuilder("text,text_pair,label\n");
        for (String[] row : Workshop.rows(200, 1)) {
            train.append(row[0])
                    .append(",and,")
                    .append(row[1].equals("good") ? 4.5 : 0.5)
                    .append('\n');
        }
        Path data = Files.writeString(work.resolve("train.csv"), train);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, output, "--task", "similarity", "--dev", data, "--epochs", "8"))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("provenance.json"))
                        .at("/metrics/pearson")
                        .doubleValue())
                .isGreaterThan(0.8);
        JsonNode answer = JSON.readTree(
                CommandRun.of("predict", output, "a film").succeeds().out());
        assertThat(answer.get("value").isNumber()).isTrue();
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("pearson", "spearman");
    }

    @Test
    void whatIsNoNumberIsRefusedWithItsLine() throws IOException {
        Path data = Files.writeString(work.resolve("train.csv"), "text,label\nfine,1\nso so,many\n");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.scratch(), data, work.resolve("model"), "--task", "regression"))
                        .fails())
                .contains("train.csv line 3", "\"many\" is not a number");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.scratch(), data, work.resolve("model"), "--task", "similarity"))
                        .fails())
                .contains("train.csv line 2", "no second text");
        assertThat(List.of(work.toFile().list())).containsExactly("train.csv");
    }

    @Test
    void unknownTasksAndMetricsAreNamedWithThoseThatExist() throws IOException {
        Path data = Workshop.csv(work.resolve("train.csv"), 20, 1);
        Object[] unknown = Workshop.finetune(Workshop.scratch(), data, work.resolve("model"), "--task", "telepathy");
        assertThat(CommandRun.of(unknown).fails()).contains("--task telepathy", "classification", "multi-label");
        Object[] metric = Workshop.finetune(
                Workshop.scratch(), data, work.resolve("model"), "--task", "regression", "--metric", "accuracy");
        assertThat(CommandRun.of(metric).fails()).contains("--metric accuracy", "pearson");
    }
}
