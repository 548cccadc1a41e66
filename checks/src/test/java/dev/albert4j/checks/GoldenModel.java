package dev.albert4j.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A model, sequences, and what the reference implementation computes from them. */
record GoldenModel(String name, AlbertWeights weights, Batch batch, Map<String, float[]> values) {
    /** The cases of the reference data. */
    static List<Path> directories() throws IOException {
        String shared = System.getProperty("albert4j.shared", "");
        if (shared.isEmpty()) {
            throw new IllegalStateException("the system property albert4j.shared names no folder of reference data");
        }
        try (var directories = Files.list(Path.of(shared, "golden", "model"))) {
            return directories.filter(Files::isDirectory).sorted().toList();
        }
    }

    static GoldenModel read(Path directory) throws IOException {
        JsonNode sequences = new ObjectMapper()
                .readTree(directory.resolve("inputs.json").toFile())
                .get("sequences");
        int[][] ids = new int[sequences.size()][];
        int[][] typeIds = new int[sequences.size()][];
        for (int i = 0; i < sequences.size(); i++) {
            ids[i] = ints(sequences.get(i).get("ids"));
            typeIds[i] = ints(sequences.get(i).get("type_ids"));
        }
        Map<String, float[]> values = new HashMap<>();
        try (Safetensors file = Safetensors.open(directory.resolve("expected.safetensors"))) {
            for (String name : file.tensors().keySet()) {
                values.put(name, file.floats(name));
            }
        }
        AlbertWeights weights = ModelDirectory.open(directory).weights();
        return new GoldenModel(directory.getFileName().toString(), weights, Batch.of(ids, typeIds), values);
    }

    boolean has(String value) {
        return values.containsKey(value);
    }

    float[] expected(String value) {
        float[] array = values.get(value);
        if (array == null) {
            throw new IllegalArgumentException(name + " has no expected value " + value);
        }
        return array;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
