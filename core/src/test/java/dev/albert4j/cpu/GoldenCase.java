package dev.albert4j.cpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A model and what the reference implementation computes with it. */
record GoldenCase(
        AlbertConfig config,
        AlbertWeights weights,
        List<int[]> ids,
        List<int[]> typeIds,
        Map<String, float[]> expected) {
    static List<Path> all() throws IOException {
        String shared = System.getProperty("albert4j.shared", "");
        if (shared.isEmpty()) {
            throw new IllegalStateException(
                    "the system property albert4j.shared does not name the reference data's folder");
        }
        try (var directories = Files.list(Path.of(shared, "golden", "model"))) {
            return directories.filter(Files::isDirectory).sorted().toList();
        }
    }

    float[] expected(String name) {
        float[] values = expected.get(name);
        if (values == null) {
            throw new IllegalArgumentException("no expected value " + name);
        }
        return values;
    }

    static GoldenCase read(Path directory) throws IOException {
        ObjectMapper json = new ObjectMapper();
        AlbertConfig config =
                config(json.readTree(directory.resolve("config.json").toFile()));
        Map<String, float[]> weights = new HashMap<>();
        tensors(directory.resolve("model.safetensors")).forEach((name, values) -> {
            boolean bare = name.startsWith("embeddings") || name.startsWith("encoder") || name.startsWith("pooler");
            weights.put(bare ? "albert." + name : name, values);
        });
        List<int[]> ids = new ArrayList<>();
        List<int[]> typeIds = new ArrayList<>();
        for (JsonNode sequence :
                json.readTree(directory.resolve("inputs.json").toFile()).get("sequences")) {
            addAll(sequence.get("ids"), ids);
            addAll(sequence.get("type_ids"), typeIds);
        }
        return new GoldenCase(
                config,
                AlbertWeights.of(config, weights),
                ids,
                typeIds,
                tensors(directory.resolve("expected.safetensors")));
    }

    private static void addAll(JsonNode node, List<int[]> list) {
        if (node.get(0).isArray()) {
            node.forEach(choice -> addAll(choice, list));
        } else {
            list.add(IntStream.range(0, node.size())
                    .map(i -> node.get(i).asInt())
                    .toArray());
        }
    }

    private static AlbertConfig config(JsonNode json) {
        Head head = Arrays.stream(Head.values())
                .filter(h ->
                        h.architecture().equals(json.get("architectures").get(0).asText()))
                .findFirst()
                .orElseThrow();
        Activation activation = switch (json.get("hidden_act").asText()) {
            case "gelu" -> Activation.GELU_ERF;
            case "gelu_new" -> Activation.GELU_TANH;
            default -> Activation.RELU;
        };
        List<String> labels = new ArrayList<>();
        if (json.has("id2label")) {
            json.get("id2label").forEach(label -> labels.add(label.asText()));
        }
        return AlbertConfig.builder()
                .head(head)
                .vocabSize(json.get("vocab_size").asInt())
                .embeddingSize(json.get("embedding_size").asInt())
                .hiddenSize(json.get("hidden_size").asInt())
                .numHiddenLayers(json.get("num_hidden_layers").asInt())
                .numHiddenGroups(json.get("num_hidden_groups").asInt())
                .innerGroupNum(json.get("inner_group_num").asInt())
                .numAttentionHeads(json.get("num_attention_heads").asInt())
                .intermediateSize(json.get("intermediate_size").asInt())
                .hiddenAct(activation)
                .maxPositionEmbeddings(json.get("max_position_embeddings").asInt())
                .typeVocabSize(json.get("type_vocab_size").asInt())
                .layerNormEps(json.get("layer_norm_eps").asDouble())
                .labels(labels)
                .build();
    }

    private static Map<String, float[]> tensors(Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerSize = Math.toIntExact(buffer.getLong());
        JsonNode header =
                new ObjectMapper().readTree(new String(buffer.array(), 8, headerSize, StandardCharsets.UTF_8));
        Map<String, float[]> tensors = new HashMap<>();
        header.properties().forEach(entry -> {
            JsonNode offsets = entry.getValue().get("data_offsets");
            if (offsets != null) {
                int from = offsets.get(0).asInt();
                float[] values = new float[(offsets.get(1).asInt() - from) / Float.BYTES];
                buffer.position(8 + headerSize + from);
                buffer.asFloatBuffer().get(values);
                tensors.put(entry.getKey(), values);
            }
        });
        return tensors;
    }
}
