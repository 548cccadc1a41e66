package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.OutputStates;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodeCommandTest {
    @TempDir
    Path work;

    @Test
    void idsAndTextsAreEncodedAsTheEncoderDoes() throws IOException {
        Path input = Files.writeString(work.resolve("in.jsonl"), """
                {"ids": [2, 20, 21, 22, 3], "type_ids": [0, 0, 1, 1, 1]}
                {"ids": [2]}

                {"text": "The film was great.", "pair": "The story was dull."}
                """);
        Path output = work.resolve("out.safetensors");
        CommandRun run =
                CommandRun.of("encode", Workshop.encoder(), "--input", input, "--output", output, "--all-layers");
        assertThat(run.succeeds().out()).isEmpty();
        ModelDirectory model = ModelDirectory.open(Workshop.encoder());
        Encoding pair = model.tokenizer()
                .orElseThrow()
                .encode(
                        "The film was great.",
                        "The story was dull.",
                        EncodingOptions.DEFAULT.withMaxLength(Workshop.MAX_LENGTH));
        int[][] ids = {{2, 20, 21, 22, 3}, {2}, pair.ids()};
        int[][] typeIds = {{0, 0, 1, 1, 1}, {0}, pair.typeIds()};
        try (Encoder encoder = CpuEncoder.of(model.weights(), 1);
                Safetensors written = Safetensors.open(output)) {
            assertThat(written.tensors()).hasSize(3 * (1 + Workshop.NUM_LAYERS + 1 + 2));
            for (int i = 0; i < ids.length; i++) {
                EncoderOutput expected =
                        encoder.encode(Batch.of(new int[][] {ids[i]}, new int[][] {typeIds[i]}), OutputStates.ALL);
                assertThat(written.tensors())
                        .extractingByKey("last_hidden_state." + i)
                        .extracting(TensorInfo::shape)
                        .isEqualTo(List.of((long) ids[i].length, (long) Workshop.HIDDEN_SIZE));
                assertThat(written.floats("last_hidden_state." + i))
                        .containsExactly(expected.lastHiddenState(), within(1e-6f));
                assertThat(written.floats("pooler_output." + i))
                        .containsExactly(expected.poolerOutput(), within(1e-6f));
                assertThat(written.floats("embeddings." + i)).containsExactly(expected.embeddings(), within(1e-6f));
                for (int k = 0; k <= Workshop.NUM_LAYERS; k++) {
                    assertThat(written.floats("hidden_states." + i + "." + k))
                            .containsExactly(expected.hiddenStates().get(k), within(1e-6f));
                }
            }
        }
    }

    @Test
    void allEnginesAgree() throws IOException {
        Path input =
                Files.writeString(work.resolve("in.jsonl"), "{\"text\":\"The garden near the museum was lovely.\"}\n");
        Path cpu = work.resolve("cpu.safetensors");
        CommandRun.of("encode", Workshop.encoder(), "--input", input, "--output", cpu, "--all-layers")
                .succeeds();
        for (String engine : List.of("torch", "onnx")) {
            Path output = work.resolve(engine + ".safetensors");
            CommandRun.of(
                            "encode",
                            Workshop.encoder(),
                            "--input",
                            input,
                            "--output",
                            output,
                            "--all-layers",
                            "--engine",
                            engine)
                    .succeeds();
            try (Safetensors a = Safetensors.open(cpu);
                    Safetensors b = Safetensors.open(output)) {
                assertThat(a.tensors().keySet())
                        .contains("last_hidden_state.0", "pooler_output.0", "hidden_states.0.1");
                assertThat(b.tensors()).isEqualTo(a.tensors());
                for (String tensor : a.tensors().keySet()) {
                    assertThat(a.floats(tensor)).containsExactly(b.floats(tensor), within(1e-5f));
                }
            }
        }
    }

    @Test
    void anOldFileIsReplacedOnlyBySuccess() throws IOException {
        Path output = Files.writeString(work.resolve("out.safetensors"), "old");
        Path wrong = Files.writeString(work.resolve("wrong.jsonl"), "{\"ids\":[2,3]}\n{\"ids\":[2,100000]}\n");
        assertThat(CommandRun.of("encode", Workshop.encoder(), "--input", wrong, "--output", output)
                        .fails())
                .contains("wrong.jsonl line 2", "ids[1] is 100000", "0 to 149");
        assertThat(output).hasContent("old");
        Path right = Files.writeString(work.resolve("right.jsonl"), "{\"ids\":[2,3]}\n");
        CommandRun.of("encode", Workshop.encoder(), "--input", right, "--output", output)
                .succeeds();
        assertThat(Files.size(output)).isGreaterThan(100);
        assertThat(Workshop.tree(work)).containsExactly("", "out.safetensors", "right.jsonl", "wrong.jsonl");
    }

    @Test
    void linesThatCannotBeEncodedAreNamed() throws IOException {
        String long49 = "[" + "5,".repeat(Workshop.MAX_LENGTH) + "5]";
        for (String[] wrong : new String[][] {
            {"{\"ids\":[]}", "0 ids"},
            {"{\"ids\":" + long49 + "}", "49 ids"},
            {"{\"ids\":[2,3],\"type_ids\":[0]}", "1 type_ids"},
            {"{\"ids\":[2,3],\"type_ids\":[0,2]}", "type_ids[1] is 2"},
            {"{\"ids\":[-1]}", "ids[0] is -1"},
            {"{\"ids\":[1.5]}", "ids[0] is 1.5"},
            {"{\"ids\":\"2\"}", "needs a string \"text\""},
            {"{\"text\":3}", "needs a string \"text\""},
            {"{\"text\":\"a\",\"pair\":3}", "needs a string \"text\""},
            {"[1]", "needs a string \"text\""},
            {"{\"ids\":[2", "is not JSON"},
            {"", "holds no line"},
        }) {
            Path input = Files.writeString(work.resolve("in.jsonl"), "\n" + wrong[0] + "\n");
            String error = CommandRun.of(
                            "encode", Workshop.encoder(), "--input", input, "--output", work.resolve("out.safetensors"))
                    .fails();
            assertThat(error).contains("in.jsonl", wrong[1]);
            assertThat(Workshop.tree(work)).containsExactly("", "in.jsonl");
        }
    }
}
