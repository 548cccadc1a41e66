package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.metric.ClassificationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    @TempDir
    Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = directory.resolve("log.jsonl");
    }

    @Test
    void stepsAndEvaluationsHaveLinesOfTheirOwn() throws IOException {
        try (RunLog log = RunLog.of(file, null)) {
            log.step(step(1, 10));
            assertThat(lines()).hasSize(1); // at once, so that one can watch
            log.step(step(2, 10));
            log.evaluation(evaluation(2));
        }
        List<JsonNode> lines = lines();
        assertThat(lines.stream().map(line -> line.at("/type").asText()))
                .containsExactly("steps", "steps", "evaluation");
        assertThat(lines.get(1).at("/step").asLong()).isEqualTo(2);
        assertThat(lines.get(1).at("/epoch").asInt()).isEqualTo(1);
        assertThat(lines.get(1).at("/loss").asDouble()).isEqualTo(2);
        assertThat(lines.get(1).at("/grad_norm").asDouble()).isEqualTo(4);
        assertThat(lines.get(1).at("/learning_rate").asDouble()).isEqualTo(0.5);
        assertThat(lines.get(1).at("/tokens_per_second").asDouble()).isEqualTo(100);
        assertThat(lines.get(2).at("/metrics/accuracy").asDouble()).isEqualTo(0.5);
        assertThat(lines.get(2).at("/metrics").size()).isGreaterThan(1);
        assertThat(lines.get(2).at("/best").asBoolean()).isTrue();
    }

    @Test
    void aLongRunHasAThousandLinesWithMeans() throws IOException {
        try (RunLog log = RunLog.of(file, null)) {
            for (int i = 1; i <= 4_000; i++) {
                log.step(step(i, 4_000));
            }
        }
        List<JsonNode> lines = lines();
        assertThat(lines).hasSize(1000);
        assertThat(lines.get(1).at("/step").asLong()).isEqualTo(8);
        assertThat(lines.get(1).at("/loss").asDouble()).isEqualTo(6.5);
        assertThat(lines.get(1).at("/grad_norm").asDouble()).isCloseTo(13, within(1e-9));
    }

    @Test
    void aResumedRunTakesBackWhatTheCheckpointDoesNotKnow() throws IOException {
        try (RunLog log = RunLog.of(file, null)) {
            for (int i = 1; i <= 6; i++) {
                log.step(step(i, 10));
            }
        }
        Files.writeString(file, "{\"type\": \"ste", StandardOpenOption.APPEND); // killed while it wrote
        Path tensorboard = directory.resolve("events");
        try (RunLog log = RunLog.of(file, tensorboard)) {
            log.resume(4);
            log.step(step(5, 10));
        }
        assertThat(lines().stream().map(line -> line.at("/step").asInt())).containsExactly(1, 2, 3, 4, 5);
        try (Stream<Path> files = Files.list(tensorboard)) {
            List<String> events = EventFileTest.events(files.findFirst().orElseThrow());
            assertThat(events.get(1)).isEqualTo("2=5 7={1=1}");
            assertThat(events.get(2)).isEqualTo("2=5 5={1={1=train/loss 2=5.0}}");
        }
    }

    @Test
    void aNewRunReplacesTheLogOfAnOldOne() throws IOException {
        Files.writeString(file, "{\"step\": 1}\n");
        try (RunLog log = RunLog.of(file, null)) {
            log.step(step(7, 10));
        }
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0).at("/step").asInt()).isEqualTo(7);
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static StepReport step(long step, long totalSteps) {
        return new StepReport(step, totalSteps, 0, step, 2.0 * step, 0.5, 50, 100);
    }

    private static Evaluation evaluation(long step) {
        ClassificationReport report =
                ClassificationReport.of(List.of("bad", "good"), new int[] {0, 1}, new int[] {0, 0});
        return new Evaluation(step, 1, report.toReport(), 0.5, true);
    }
}
