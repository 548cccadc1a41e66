package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    @Test
    void eachModelOnEachEngineAtEachLengthIsARow() throws IOException {
        List<String> lines = CommandRun.of(
                        "bench", Workshop.encoder(), "--engine", "cpu,int8", "--tokens", "1,8", "--threads", "1")
                .succeeds()
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).matches("model +engine +tokens +open ms +median ms +95 % ms +tokens/s");
        String name = String.valueOf(Workshop.encoder().getFileName());
        List<String> rows = List.of("cpu +1", "cpu +8", "int8 +1", "int8 +8");
        for (int i = 0; i < rows.size(); i++) {
            assertThat(lines.get(i + 1)).matches(name + " +" + rows.get(i) + " +\\d+ +[\\d.]+ +[\\d.]+ +[\\d,]+");
        }
    }

    @Test
    void theLengthsAreThoseThatTheModelReads() throws IOException {
        assertThat(CommandRun.of("bench", Workshop.encoder(), "--engine", "cpu", "--threads", "1")
                        .succeeds()
                        .out()
                        .lines()
                        .skip(1))
                .hasSize(Workshop.MAX_LENGTH >= 64 ? 2 : 1)
                .first()
                .asString()
                .contains(" 16 ");
        assertThat(CommandRun.of("bench", Workshop.encoder(), "--tokens", "100000")
                        .fails())
                .contains("--tokens 100000 is not between 1 and " + Workshop.MAX_LENGTH);
        assertThat(CommandRun.of("bench", Workshop.encoder(), "--tokens", "0").fails())
                .contains("--tokens 0 is not between 1 and " + Workshop.MAX_LENGTH);
    }

    @Test
    void mistakesAreNamed() throws IOException {
        assertThat(CommandRun.of("bench", Workshop.encoder(), "--engine", "gpu").fails())
                .contains("unknown engine \"gpu\"; there are cpu, int8, torch and onnx");
        assertThat(CommandRun.of("bench", Workshop.encoder(), "--threads", "0").fails())
                .contains("--threads 0 is not between 1 and 1024");
        assertThat(CommandRun.of("bench", "no-such-model").fails()).contains("no model \"no-such-model\"");
    }
}
