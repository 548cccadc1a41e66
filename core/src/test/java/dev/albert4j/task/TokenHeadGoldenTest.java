package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The logits of token classification against Hugging Face's. */
@Tag("shared")
class TokenHeadGoldenTest {
    @TempDir
    Path directory;

    @Test
    void theLogitsOfEveryTokenAreHuggingFaces() throws IOException {
        Path golden = Path.of(System.getProperty("albert4j.shared", ""))
                .resolve("golden/model/c-token-classification-equal-width");
        AlbertConfig config = AlbertConfig.read(golden.resolve("config.json"));
        JsonNode inputs =
                new ObjectMapper().readTree(golden.resolve("inputs.json").toFile());
        List<HeadRunner.Sequence> sequences = new ArrayList<>();
        for (JsonNode sequence : inputs.get("sequences")) {
            sequences.add(new HeadRunner.Sequence(ints(sequence.get("ids")), ints(sequence.get("type_ids"))));
        }
        Tokenizer tokenizer = Tokenizer.load(Files.write(
                directory.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a")));
        try (Safetensors model = Safetensors.open(golden.resolve("model.safetensors"));
                Safetensors expected = Safetensors.open(golden.resolve("expected.safetensors"))) {
            AlbertWeights weights = AlbertWeights.load(config, model);
            try (CpuEncoder encoder = CpuEncoder.of(weights, 2)) {
                assertThat(new EntityRecognizer(tokenizer, weights, encoder, 64).labels())
                        .containsExactly("O", "B-PER", "I-PER", "B-LOC", "I-LOC");
                HeadRunner runner = new HeadRunner(tokenizer, weights, "classifier", encoder, 64);
                List<double[][]> logits = runner.tokens(sequences);
                for (int i = 0; i < logits.size(); i++) {
                    float[] values = expected.floats("logits." + i); // [T, C]
                    for (int k = 0; k < values.length; k++) {
                        assertThat(logits.get(i)[k / config.numLabels()][k % config.numLabels()])
                                .as("logits.%d value %d", i, k)
                                .isCloseTo(values[k], within(1e-5));
                    }
                    assertThat(values).hasSize(logits.get(i).length * config.numLabels());
                }
            }
        }
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
