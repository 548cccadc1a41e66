package dev.albert4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A case of the reference data: a model, its inputs, and what Hugging Face computes for them. */
record GoldenCase(AlbertWeights weights, JsonNode inputs, Map<String, float[]> expected) {
    static GoldenCase read(String name) throws IOException {
        Path directory = Path.of(System.getProperty("albert4j.shared"), "golden", "model", name);
        AlbertConfig config = config(
                new ObjectMapper().readTree(directory.resolve("config.json").toFile()));
        Map<String, float[]> stored = tensors(directory.resolve("model.safetensors"));
        Map<String, float[]> values = new HashMap<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            String bare = parameter.name().replace("albert.", "");
            values.put(parameter.name(), stored.getOrDefault(parameter.name(), stored.get(bare)));
        }
        return new GoldenCase(
                AlbertWeights.of(config, values),
                new ObjectMapper().readTree(directory.resolve("inputs.json").toFile()),
                tensors(directory.resolve("expected.safetensors")));
    }

    float[] expected(String name) {
        return Tensors.named(expected, name);
    }

    private static AlbertConfig config(JsonNode json) {
        Head head = Arrays.stream(Head.values())
                .filter(h -> h.architecture().equals(json.at("/architectures/0").asText()))
                .findFirst()
                .orElseThrow();
        List<String> labels = new ArrayList<>();
        json.path("id2label").forEach(label -> labels.add(label.asText()));
        return AlbertConfig.builder()
                .head(head)
                .labels(labels)
                .vocabSize(json.get("vocab_size").asInt())
                .embeddingSize(json.get("embedding_size").asInt())
                .hiddenSize(json.get("hidden_size").asInt())
                .numHiddenLayers(json.get("num_hidden_layers").asInt())
                .numHiddenGroups(json.get("num_hidden_groups").asInt())
                .innerGroupNum(json.get("inner_group_num").asInt())
                .numAttentionHeads(json.get("num_attention_heads").asInt())
                .intermediateSize(json.get("intermediate_size").asInt())
                .maxPositionEmbeddings(json.get("max_position_embeddings").asInt())
                .hiddenAct(
                        switch (json.get("hidden_act").asText()) {
                            case "gelu" -> Activation.GELU_ERF;
                            case "gelu_new" -> Activation.GELU_TANH;
                            default -> Activation.RELU;
                        })
                .build();
    }

    private static Map<String, float[]> tensors(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = (int) bytes.getLong();
        String header = new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8);
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry :
                new ObjectMapper().readTree(header).properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                int begin = entry.getValue().at("/data_offsets/0").asInt();
                int end = entry.getValue().at("/data_offsets/1").asInt();
                float[] values = new float[(end - begin) / 4];
                bytes.slice(8 + headerLength + begin, end - begin)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
                tensors.put(entry.getKey(), values);
            }
        }
        return tensors;
    }
}
