package dev.albert4j.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The only list of an ALBERT model's parameters: names as in Hugging Face's checkpoints (with the prefix {@code albert.}),
 * shapes from the configuration. Matrices are [out, in], as in PyTorch.
 */
public final class AlbertParameters {
    private AlbertParameters() {}

    /**
     * A named array.
     *
     * @param name as in Hugging Face's state dict
     * @param shape dimensions, outermost first
     */
    public record Parameter(String name, List<Integer> shape) {
        public Parameter {
            shape = List.copyOf(shape);
        }

        /** Number of values. */
        public int numElements() {
            int count = 1;
            for (int dimension : shape) {
                count = Math.multiplyExact(count, dimension);
            }
            return count;
        }
    }

    /** The parameters of the encoder and its head, each stored once: tied weights have one name. */
    public static List<Parameter> of(AlbertConfig config) {
        List<Parameter> list = new ArrayList<>();
        int h = config.hiddenSize();
        int e = config.embeddingSize();
        add(list, "albert.embeddings.word_embeddings.weight", config.vocabSize(), e);
        add(list, "albert.embeddings.position_embeddings.weight", config.maxPositionEmbeddings(), e);
        add(list, "albert.embeddings.token_type_embeddings.weight", config.typeVocabSize(), e);
        layerNorm(list, "albert.embeddings.LayerNorm", e);
        linear(list, "albert.encoder.embedding_hidden_mapping_in", h, e);
        for (int group = 0; group < config.numHiddenGroups(); group++) {
            for (int inner = 0; inner < config.innerGroupNum(); inner++) {
                layer(list, "albert.encoder.albert_layer_groups." + group + ".albert_layers." + inner, config);
            }
        }
        if (hasPooler(config.head())) {
            linear(list, "albert.pooler", h, h);
        }
        head(list, config);
        if (config.exitClassifiers()) { // of the layers before the last
            for (int exit = 0; exit < config.numPasses() - 1; exit++) {
                linear(list, "exit_classifiers." + exit, config.numLabels(), h);
            }
        }
        return List.copyOf(list);
    }

    /**
     * Parameters that a checkpoint may hold beside those of {@link #of}: the pooler under a head without one, which published
     * masked-language models keep and a classifier can start from.
     */
    public static List<Parameter> optional(AlbertConfig config) {
        List<Parameter> list = new ArrayList<>();
        if (!hasPooler(config.head())) {
            linear(list, "albert.pooler", config.hiddenSize(), config.hiddenSize());
        }
        return List.copyOf(list);
    }

    /**
     * The matrices of the encoder that are worth storing in 8 bits: those of its dense layers, and the word embeddings. Positions,
     * types and the head stay as they are: they are small.
     */
    public static List<Parameter> quantizable(AlbertConfig config) {
        return of(config).stream()
                .filter(parameter -> parameter.shape().size() == 2
                        && parameter.name().startsWith("albert.")
                        && !parameter.name().contains("position_embeddings")
                        && !parameter.name().contains("token_type_embeddings"))
                .toList();
    }

    /** Number of values in all parameters of {@link #of}. */
    public static long count(AlbertConfig config) {
        return of(config).stream().mapToLong(Parameter::numElements).sum();
    }

    /** Whether Hugging Face's class for this head has a pooler. */
    public static boolean hasPooler(Head head) {
        return switch (head) {
            case NONE, PRE_TRAINING, SEQUENCE_CLASSIFICATION, MULTIPLE_CHOICE -> true;
            case MASKED_LM, TOKEN_CLASSIFICATION, QUESTION_ANSWERING -> false;
        };
    }

    private static void layer(List<Parameter> list, String prefix, AlbertConfig config) {
        int h = config.hiddenSize();
        for (String part : List.of("query", "key", "value")) {
            linear(list, prefix + ".attention." + part, config.attentionSize(), h);
        }
        linear(list, prefix + ".attention.dense", h, config.attentionSize());
        layerNorm(list, prefix + ".attention.LayerNorm", h);
        linear(list, prefix + ".ffn", config.intermediateSize(), h);
        linear(list, prefix + ".ffn_output", h, config.intermediateSize());
        layerNorm(list, prefix + ".full_layer_layer_norm", h);
    }

    private static void head(List<Parameter> list, AlbertConfig config) {
        int h = config.hiddenSize();
        switch (config.head()) {
            case NONE -> {}
            case PRE_TRAINING -> {
                predictions(list, config);
                linear(list, "sop_classifier.classifier", 2, h);
            }
            case MASKED_LM -> predictions(list, config);
            case SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION -> linear(list, "classifier", config.numLabels(), h);
            case QUESTION_ANSWERING -> linear(list, "qa_outputs", 2, h);
            case MULTIPLE_CHOICE -> linear(list, "classifier", 1, h);
        }
    }

    private static void predictions(List<Parameter> list, AlbertConfig config) {
        add(list, "predictions.bias", config.vocabSize());
        layerNorm(list, "predictions.LayerNorm", config.embeddingSize());
        linear(list, "predictions.dense", config.embeddingSize(), config.hiddenSize());
    }

    private static void linear(List<Parameter> list, String prefix, int out, int in) {
        add(list, prefix + ".weight", out, in);
        add(list, prefix + ".bias", out);
    }

    private static void layerNorm(List<Parameter> list, String prefix, int size) {
        add(list, prefix + ".weight", size);
        add(list, prefix + ".bias", size);
    }

    private static void add(List<Parameter> list, String name, Integer... shape) {
        list.add(new Parameter(name, List.of(shape)));
    }
}
