package dev.albert4j.task;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tokenizer whose tokens are letters, digits and a few Chinese characters, and small models for it. */
final class TinyTask {
    private static final String CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,?中国人在";

    private TinyTask() {}

    static Tokenizer tokenizer(Path directory) throws IOException {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        CHARACTERS.codePoints().forEach(c -> {
            tokens.add(Character.toString(c));
            tokens.add("##" + Character.toString(c));
        });
        Files.write(directory.resolve("vocab.txt"), tokens);
        return Tokenizer.load(directory);
    }

    static AlbertWeights weights(Head head, int maxPositionEmbeddings) {
        AlbertConfig config = AlbertConfig.builder()
                .head(head)
                .vocabSize(5 + 2 * CHARACTERS.length())
                .embeddingSize(8)
                .hiddenSize(16)
                .numHiddenLayers(2)
                .numAttentionHeads(2)
                .intermediateSize(32)
                .maxPositionEmbeddings(maxPositionEmbeddings)
                .initializerRange(0.5)
                .build();
        return AlbertWeights.initialize(config, 1);
    }
}
