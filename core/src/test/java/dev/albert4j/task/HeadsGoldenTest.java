package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.cpu.MaskedLanguageHead;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.OutputStates;
import dev.albert4j.task.HeadRunner.Sequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The logits of questions and choices against Hugging Face's. */
@Tag("shared")
class HeadsGoldenTest {
    private static final Offset<Double> TOLERANCE = Offset.offset(1e-5);

    @TempDir
    Path directory;

    @Test
    void startAndEndLogitsAreHuggingFaces() throws IOException {
        Path golden = golden("d-question-answering");
        List<Sequence> sequences = sequences(golden);
        AlbertWeights weights = weights(golden);
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1);
                Safetensors expected = Safetensors.open(golden.resolve("expected.safetensors"))) {
            HeadRunner runner = new HeadRunner(TinyTask.tokenizer(directory), weights, "qa_outputs", encoder, 30);
            List<double[][]> logits = runner.tokens(sequences);
            for (int i = 0; i < sequences.size(); i++) {
                assertColumn(logits.get(i), 0, expected.floats("start_logits." + i));
                assertColumn(logits.get(i), 1, expected.floats("end_logits." + i));
            }
        }
    }

    @Test
    void theLogitsOfChoicesAreHuggingFaces() throws IOException {
        Path golden = golden("e-multiple-choice");
        List<Sequence> sequences = sequences(golden);
        AlbertWeights weights = weights(golden);
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1);
                Safetensors expected = Safetensors.open(golden.resolve("expected.safetensors"))) {
            HeadRunner runner = new HeadRunner(TinyTask.tokenizer(directory), weights, "classifier", encoder, 30);
            List<double[]> logits = runner.pooled(sequences);
            for (int i = 0; i < sequences.size(); i++) {
                assertColumn(new double[][] {logits.get(i)}, 0, expected.floats("logits." + i));
            }
        }
    }

    @Test
    void theLogitsOfMaskedPlacesAreHuggingFaces() throws IOException {
        Path golden = golden("a-pretraining");
        AlbertWeights weights = weights(golden);
        MaskedLanguageHead head = MaskedLanguageHead.of(weights);
        JsonNode inputs =
                new ObjectMapper().readTree(golden.resolve("inputs.json").toFile());
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1);
                Safetensors expected = Safetensors.open(golden.resolve("expected.safetensors"))) {
            List<Sequence> sequences = sequences(golden);
            for (int i = 0; i < sequences.size(); i++) {
                Batch batch = Batch.of(
                        new int[][] {sequences.get(i).ids()},
                        new int[][] {sequences.get(i).typeIds()});
                int[] places = ints(inputs.at("/sequences/" + i + "/prediction_positions"));
                assertThat(head.logits(encoder.encode(batch, OutputStates.LAST).lastHiddenState(), places))
                        .containsExactly(expected.floats("prediction_logits." + i), within(2e-5f));
            }
        }
    }

    private static void assertColumn(double[][] rows, int column, float[] expected) {
        assertThat(rows).hasNumberOfRows(expected.length);
        for (int row = 0; row < rows.length; row++) {
            assertThat(rows[row][column]).isCloseTo(expected[row], TOLERANCE);
        }
    }

    private static Path golden(String name) {
        String shared = System.getProperty("albert4j.shared", "");
        if (shared.isEmpty()) {
            throw new IllegalStateException("the system property albert4j.shared names no folder of reference data");
        }
        return Path.of(shared, "golden", "model", name);
    }

    private static AlbertWeights weights(Path golden) throws IOException {
        try (Safetensors model = Safetensors.open(golden.resolve("model.safetensors"))) {
            return AlbertWeights.load(AlbertConfig.read(golden.resolve("config.json")), model);
        }
    }

    private static List<Sequence> sequences(Path golden) throws IOException {
        JsonNode inputs =
                new ObjectMapper().readTree(golden.resolve("inputs.json").toFile());
        List<Sequence> sequences = new ArrayList<>();
        for (JsonNode node : inputs.get("sequences")) {
            sequences.add(new Sequence(ints(node.get("ids")), ints(node.get("type_ids"))));
        }
        return sequences;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
