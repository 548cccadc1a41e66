package dev.albert4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorFiles;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A case of the reference data: a model, its inputs, and what Hugging Face computes for them. */
record GoldenCase(AlbertWeights weights, JsonNode inputs, Map<String, float[]> expected) {
    static GoldenCase read(String name) throws IOException {
        Path directory = Path.of(System.getProperty("albert4j.shared"), "golden", "model", name);
        Map<String, float[]> expected = new LinkedHashMap<>();
        try (TensorFile file = TensorFiles.open(directory.resolve("expected.safetensors"))) {
            for (String tensor : file.tensors().keySet()) {
                expected.put(tensor, file.floats(tensor));
            }
        }
        return new GoldenCase(
                ModelDirectory.open(directory).weights(), JsonFile.read(directory.resolve("inputs.json")), expected);
    }

    float[] expected(String name) {
        return Tensors.named(expected, name);
    }
}
