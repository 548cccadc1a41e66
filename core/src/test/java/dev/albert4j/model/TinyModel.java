package dev.albert4j.model;

import dev.albert4j.io.DataType;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A model of a few hundred values. */
final class TinyModel {
    private TinyModel() {}

    static AlbertConfig config(Head head) {
        return AlbertConfig.builder()
                .head(head)
                .vocabSize(7)
                .embeddingSize(4)
                .hiddenSize(6)
                .numHiddenLayers(3)
                .numAttentionHeads(2)
                .intermediateSize(5)
                .maxPositionEmbeddings(8)
                .build();
    }

    /** The values of a model under the names of {@link AlbertParameters}. */
    static Map<String, float[]> values(AlbertWeights weights) {
        Map<String, float[]> values = new LinkedHashMap<>();
        weights.names().forEach(name -> values.put(name, weights.values(name)));
        return values;
    }

    /** Writes tensors; those of two dimensions are told by {@code shapes}, all others are vectors. */
    static void write(Path file, Map<String, float[]> values, Map<String, TensorInfo> shapes) throws IOException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        values.forEach((name, array) -> tensors.put(
                name, shapes.getOrDefault(name, new TensorInfo(DataType.F32, List.of((long) array.length)))));
        Safetensors.write(file, tensors, name -> Objects.requireNonNull(values.get(name)), Map.of());
    }
}
