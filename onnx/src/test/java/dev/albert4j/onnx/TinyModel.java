package dev.albert4j.onnx;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import java.util.List;
import java.util.Random;

/** A small model with random weights and some sequences for it. */
final class TinyModel {
    private TinyModel() {}

    static AlbertConfig config(Head head, String... labels) {
        return AlbertConfig.builder()
                .head(head)
                .labels(List.of(labels))
                .vocabSize(50)
                .embeddingSize(16)
                .hiddenSize(32)
                .numAttentionHeads(4)
                .numHiddenLayers(5)
                .numHiddenGroups(2)
                .innerGroupNum(2)
                .intermediateSize(64)
                .hiddenAct(Activation.GELU_TANH)
                .maxPositionEmbeddings(24)
                .initializerRange(0.2)
                .build();
    }

    static AlbertWeights weights(Head head, String... labels) {
        return AlbertWeights.initialize(config(head, labels), 3);
    }

    static Batch batch(int... lengths) {
        Random random = new Random(5);
        int[][] ids = new int[lengths.length][];
        int[][] typeIds = new int[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            ids[i] = random.ints(lengths[i], 0, 50).toArray();
            typeIds[i] = random.ints(lengths[i], 0, 2).toArray();
        }
        return Batch.of(ids, typeIds);
    }
}
