package dev.albert4j.train;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Small models and examples with random contents. */
final class TinyModels {
    static final int VOCABULARY_SIZE = 40;

    private TinyModels() {}

    /** Two groups of two inner layers, two labels, large weights: every part matters. */
    static AlbertConfig config() {
        return AlbertConfig.builder()
                .head(Head.SEQUENCE_CLASSIFICATION)
                .labels(List.of("bad", "good"))
                .vocabSize(VOCABULARY_SIZE)
                .embeddingSize(6)
                .hiddenSize(8)
                .numAttentionHeads(2)
                .intermediateSize(12)
                .numHiddenLayers(3)
                .numHiddenGroups(2)
                .innerGroupNum(2)
                .maxPositionEmbeddings(32)
                .hiddenAct(Activation.GELU_TANH)
                .classifierDropoutProb(0)
                .initializerRange(0.3)
                .build();
    }

    static AlbertWeights weights() {
        return AlbertWeights.initialize(config(), 7);
    }

    static Vocabulary vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int id = tokens.size(); id < VOCABULARY_SIZE; id++) {
            tokens.add("w" + id);
        }
        return new Vocabulary(tokens, "[PAD]", "[UNK]");
    }

    /** Random examples of 3 to 12 tokens; the label is whether the second token is even. */
    static List<Example> examples(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = new int[random.nextInt(3, 13)];
            int[] typeIds = new int[ids.length];
            for (int t = 0; t < ids.length; t++) {
                ids[t] = random.nextInt(5, VOCABULARY_SIZE);
                typeIds[t] = t > ids.length / 2 ? 1 : 0;
            }
            ids[0] = 2;
            examples.add(Example.of(ids, typeIds, ids[1] % 2));
        }
        return examples;
    }

    static Batch batch(List<Example> examples) {
        return Batch.of(
                sequences(examples).map(Example.Sequence::ids).toArray(int[][]::new),
                sequences(examples).map(Example.Sequence::typeIds).toArray(int[][]::new));
    }

    private static Stream<Example.Sequence> sequences(List<Example> examples) {
        return examples.stream().flatMap(example -> example.sequences().stream());
    }
}
