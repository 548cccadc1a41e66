package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code albert export}, and what other verbs make of its directory. */
class ExportCommandTest {
    private static final String TEXT = "The garden near the museum was lovely.";

    @TempDir
    Path work;

    @Test
    void anExportAnswersAsTheModelDoesOnEveryEngine() throws IOException {
        Path export = export("fp32");
        assertThat(Workshop.tree(export)).contains("model.onnx", "config.json", "spiece.model", "tokenizer.json");
        assertThat(export.resolve("model.safetensors")).doesNotExist();
        double expected = score(Workshop.classifier(), "cpu");
        for (String engine : List.of("cpu", "torch", "onnx")) {
            assertThat(score(export, engine)).as(engine).isCloseTo(expected, within(1e-5));
        }
        assertThat(score(Workshop.classifier(), "onnx")).isCloseTo(expected, within(1e-5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "uint8"})
    void anEightBitExportAnswersAlmostTheSame(String precision) throws IOException {
        Path export = export(precision);
        assertThat(Files.size(export.resolve("model.onnx")))
                .isLessThan(Files.size(export("fp32").resolve("model.onnx")));
        double expected = score(Workshop.classifier(), "cpu");
        for (String engine : List.of("onnx", "cpu")) {
            assertThat(score(export, engine)).as(engine).isNotEqualTo(expected).isCloseTo(expected, within(0.05));
        }
        Path data = Workshop.csv(work.resolve("dev.csv"), 60, 9);
        CommandRun exact =
                CommandRun.of("evaluate", Workshop.classifier(), "--data", data).succeeds();
        CommandRun rounded = CommandRun.of("evaluate", export, "--data", data, "--engine", "onnx")
                .succeeds();
        assertThat(rounded.out()).isEqualTo(exact.out());
    }

    @Test
    void aDamagedModelIsNamed() throws IOException {
        Path file = export("fp32").resolve("model.onnx");
        byte[] whole = Files.readAllBytes(file);
        byte[] noise = whole.clone();
        Arrays.fill(noise, 0, 2000, (byte) 0xff);
        for (byte[] damaged : List.of(Arrays.copyOf(whole, whole.length / 2), new byte[0], noise, "text".getBytes())) {
            Files.write(file, damaged);
            assertThat(CommandRun.of("predict", work.resolve("fp32"), TEXT, "--engine", "onnx")
                            .fails())
                    .contains("model.onnx");
        }
    }

    @Test
    void anExportReplacesAnExportAndNothingElse() throws IOException {
        Path export = export("fp32");
        Files.writeString(export.resolve("notes.txt"), "mine");
        CommandRun.of("export", Workshop.classifier(), "--format", "onnx", "--output", export)
                .succeeds();
        assertThat(export.resolve("notes.txt")).hasContent("mine");
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        assertThat(CommandRun.of("export", model, "--format", "onnx", "--output", model)
                        .fails())
                .contains("model");
        assertThat(model.resolve("model.safetensors")).exists();
    }

    @Test
    void aFormatAndAPrecisionThatThereAreNotAreNamed() {
        Path output = work.resolve("out");
        assertThat(CommandRun.of("export", Workshop.encoder(), "--format", "gguf", "--output", output)
                        .fails())
                .contains("gguf", "ONNX");
        assertThat(CommandRun.of("export", Workshop.encoder(), "--format=onnx", "--output", output, "--precision=int4")
                        .fails())
                .contains("int4", "FP32", "INT8");
        assertThat(CommandRun.of("export", Workshop.scratch(), "--format=onnx", "--output", output)
                        .fails())
                .contains("model.safetensors");
        assertThat(output).doesNotExist();
    }

    private Path export(String precision) {
        Path output = work.resolve(precision);
        CommandRun.of("export", Workshop.classifier(), "--format", "onnx", "--output", output, "--precision", precision)
                .succeeds();
        return output;
    }

    private static double score(Path model, String engine) {
        JsonNode answer =
                CommandRun.of("predict", model, TEXT, "--engine", engine).json().get(0);
        return answer.at("/scores/good").doubleValue();
    }
}
