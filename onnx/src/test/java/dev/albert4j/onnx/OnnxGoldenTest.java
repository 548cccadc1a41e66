package dev.albert4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The outputs of every written model against Hugging Face's. */
@Tag("shared")
class OnnxGoldenTest {
    @TempDir
    Path directory;

    @Test
    void everyOutputOfEveryHeadIsHuggingFaces() throws IOException, OrtException {
        for (Path golden : directories()) {
            AlbertWeights weights = ModelDirectory.open(golden).weights();
            Path file = directory.resolve(golden.getFileName() + ".onnx");
            OnnxModel.write(weights, OnnxPrecision.FP32, file);
            JsonNode sequences = new ObjectMapper()
                    .readTree(golden.resolve("inputs.json").toFile())
                    .get("sequences");
            int choices = weights.config().head() == Head.MULTIPLE_CHOICE ? 1 : 0;
            try (Safetensors expected = Safetensors.open(golden.resolve("expected.safetensors"))) {
                for (int i = 0; i < sequences.size(); i++) {
                    JsonNode sequence = sequences.get(i);
                    OnnxRun run = OnnxRun.of(file, batch(sequence), choices);
                    assertThat(run.outputs()).isNotEmpty();
                    for (String name : run.outputs().keySet()) {
                        float[] values = name.equals("prediction_logits")
                                ? rows(run.output(name), ints(sequence.get("prediction_positions")), weights)
                                : run.output(name);
                        assertThat(values)
                                .as("%s %s.%d", golden.getFileName(), name, i)
                                .containsExactly(expected.floats(name + "." + i), within(1e-5f));
                    }
                }
            }
        }
    }

    private static List<Path> directories() throws IOException {
        String shared = System.getProperty("albert4j.shared", "");
        if (shared.isEmpty()) {
            throw new IllegalStateException("the system property albert4j.shared names no folder of reference data");
        }
        try (Stream<Path> entries = Files.list(Path.of(shared, "golden", "model"))) {
            List<Path> directories = entries.filter(Files::isDirectory).sorted().toList();
            assertThat(directories).isNotEmpty();
            return directories;
        }
    }

    private static Batch batch(JsonNode sequence) {
        return Batch.of(new int[][] {ints(sequence.get("ids"))}, new int[][] {ints(sequence.get("type_ids"))});
    }

    private static float[] rows(float[] logits, int[] places, AlbertWeights weights) {
        int v = weights.config().vocabSize();
        float[] rows = new float[places.length * v];
        for (int i = 0; i < places.length; i++) {
            float[] row = Arrays.copyOfRange(logits, places[i] * v, (places[i] + 1) * v);
            System.arraycopy(row, 0, rows, i * v, v);
        }
        return rows;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
