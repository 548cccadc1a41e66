package dev.albert4j.cpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A model, input, and what the reference implementation computes from them. */
record GoldenCase(AlbertWeights weights, Batch batch, Map<String, float[]> expected) {
    static List<Path> all() throws IOException {
        String shared = System.getProperty("albert4j.shared", "");
        if (shared.isEmpty()) {
            throw new IllegalStateException("the system property albert4j.shared names no folder of reference data");
        }
        try (var directories = Files.list(Path.of(shared, "golden", "model"))) {
            return directories.filter(Files::isDirectory).sorted().toList();
        }
    }

    static GoldenCase read(Path directory) throws IOException {
        AlbertConfig config = AlbertConfig.read(directory.resolve("config.json"));
        List<int[]> ids = new ArrayList<>();
        List<int[]> typeIds = new ArrayList<>();
        JsonNode inputs =
                new ObjectMapper().readTree(directory.resolve("inputs.json").toFile());
        for (JsonNode sequence : inputs.get("sequences")) {
            ids.add(ints(sequence.get("ids")));
            typeIds.add(ints(sequence.get("type_ids")));
        }
        Batch batch = Batch.of(ids.toArray(int[][]::new), typeIds.toArray(int[][]::new));
        Map<String, float[]> expected = new HashMap<>();
        try (Safetensors model = Safetensors.open(directory.resolve("model.safetensors"));
                Safetensors values = Safetensors.open(directory.resolve("expected.safetensors"))) {
            for (String name : values.tensors().keySet()) {
                expected.put(name, values.floats(name));
            }
            return new GoldenCase(AlbertWeights.load(config, model), batch, expected);
        }
    }

    float[] expected(String name) {
        float[] values = expected.get(name);
        if (values == null) {
            throw new IllegalArgumentException("no expected value " + name);
        }
        return values;
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
