package dev.albert4j.onnx;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import java.util.ArrayList;
import java.util.List;

/**
 * ALBERT's forward pass as an ONNX graph: the order and the names are those of {@code CpuEncoder} and of Hugging Face's
 * {@code modeling_albert.py}. Shapes at line ends; B sequences are padded to T tokens.
 *
 * <p>Each group of layers is a {@code Loop} over one body, so that a runtime holds and packs its weights once, however many layers use
 * them.
 */
final class AlbertGraph {
    private static final String ENCODER = "albert.encoder.";

    private final AlbertWeights weights;
    private final AlbertConfig config;
    private final Products products;
    private final boolean firstTokensOnly;
    private final boolean allStates;

    /**
     * @param firstTokensOnly whether the last layer is needed for the first token of each sequence alone
     * @param allStates whether the state after every layer is an output
     */
    AlbertGraph(AlbertWeights weights, Products products, boolean firstTokensOnly, boolean allStates) {
        this.weights = weights;
        this.config = weights.config();
        this.products = products;
        this.firstTokensOnly = firstTokensOnly;
        this.allStates = allStates;
    }

    /**
     * The encoder.
     *
     * @param ids token ids [B, T], int64
     * @param mask 1 for a token, 0 for padding [B, T], int64
     * @param typeIds [B, T], int64
     * @return the last hidden state: [B, T, H], or [B, 1, H] if first tokens only
     */
    String lastHiddenState(GraphBuilder g, String ids, String mask, String typeIds) {
        String embeddings = embeddings(g, ids, typeIds); // [B, T, E]
        String hidden = products.linear(g, embeddings, ENCODER + "embedding_hidden_mapping_in"); // [B, T, H]
        if (allStates) {
            g.output("embeddings", embeddings, ElementType.FLOAT, "batch", "sequence", config.embeddingSize());
            g.output("hidden_state", hidden, ElementType.FLOAT, "batch", "sequence", config.hiddenSize());
        }
        String maskedScores = maskedScores(g, mask); // [B, 1, 1, T]
        for (int first = 0; first < config.numHiddenLayers(); ) {
            int group = config.groupOf(first);
            int end = first + 1;
            while (end < config.numHiddenLayers() && config.groupOf(end) == group) {
                end++;
            }
            hidden = albertLayerGroup(g, group, end - first, end == config.numHiddenLayers(), hidden, maskedScores);
            first = end;
        }
        return hidden;
    }

    private String embeddings(GraphBuilder g, String ids, String typeIds) {
        int e = config.embeddingSize();
        String types = table(g, "albert.embeddings.token_type_embeddings.weight", config.typeVocabSize());
        String positions = table(g, "albert.embeddings.position_embeddings.weight", config.maxPositionEmbeddings());
        String length = g.node("Shape", List.of(ids), Attribute.of("start", 1), Attribute.of("end", 2)); // [1]
        String sum = g.node("Add", List.of(products.words(g, ids), g.node("Gather", List.of(types, typeIds))));
        sum = g.node("Add", List.of(sum, g.node("Slice", List.of(positions, g.ints(0), length)))); // [B, T, E]
        return layerNorm(g, sum, "albert.embeddings.LayerNorm", e);
    }

    private String table(GraphBuilder g, String name, int rows) {
        return g.array(name, weights.values(name), rows, config.embeddingSize());
    }

    /** What is added to the scores of attention: 0 for a token, the lowest number for padding. */
    private static String maskedScores(GraphBuilder g, String mask) {
        String token = g.node("Cast", List.of(mask), Attribute.of("to", ElementType.FLOAT.number())); // [B, T]
        String padding = g.node("Sub", List.of(g.constant(1), token));
        String lowest = g.node("Mul", List.of(padding, g.constant(-Float.MAX_VALUE)));
        return g.node("Unsqueeze", List.of(lowest, g.ints(1, 2))); // [B, 1, 1, T]
    }

    /** Passes through a group, one for each of its layers. */
    private String albertLayerGroup(
            GraphBuilder g, int group, int numLayers, boolean lastGroup, String hidden, String maskedScores) {
        GraphBuilder body = g.body("albert_layer_group_" + group);
        String layer = body.input("layer_" + group, ElementType.INT64);
        String goOn = body.input("go_on_" + group, ElementType.BOOL);
        String state = body.input("hidden_" + group, ElementType.FLOAT, "batch", "rows_in", config.hiddenSize());
        body.output("go_on_after_" + group, goOn, ElementType.BOOL);
        List<String> states = new ArrayList<>();
        for (int inner = 0; inner < config.innerGroupNum(); inner++) {
            boolean lastLayer = lastGroup && inner == config.innerGroupNum() - 1;
            String rows = lastLayer && firstTokensOnly ? firstTokensOfLast(body, state, layer, numLayers) : state;
            String name = ENCODER + "albert_layer_groups." + group + ".albert_layers." + inner;
            state = albertLayer(body, name, state, rows, maskedScores);
            states.add(state);
        }
        body.output("hidden_after_" + group, state, ElementType.FLOAT, "batch", "rows", config.hiddenSize());
        for (int inner = 0; allStates && inner < states.size(); inner++) {
            String name = "state_" + group + "_" + inner;
            body.output(name, states.get(inner), ElementType.FLOAT, "batch", "rows", config.hiddenSize());
        }
        int numOutputs = allStates ? 1 + states.size() : 1;
        List<String> outputs =
                g.nodes("Loop", numOutputs, List.of(g.integer(numLayers), "", hidden), Attribute.of("body", body));
        for (int inner = 0; inner < numOutputs - 1; inner++) {
            String name = "hidden_states." + group + "." + inner;
            String states4 = outputs.get(1 + inner); // [layers, B, T, H]
            g.output(name, states4, ElementType.FLOAT, numLayers, "batch", "sequence", config.hiddenSize());
        }
        return outputs.get(0);
    }

    /** All tokens, but the first alone in the last layer of a group: what needs keys and values of all, and no more. */
    private String firstTokensOfLast(GraphBuilder g, String hidden, String layer, int numLayers) {
        String isLast = g.node("Equal", List.of(layer, g.ints(numLayers - 1))); // [1]
        String end = g.node("Where", List.of(isLast, g.ints(1), g.ints(Long.MAX_VALUE)));
        String rows = g.node("Slice", List.of(hidden, g.ints(0), end, g.ints(1)));
        return g.shaped(rows, ElementType.FLOAT, "batch", "rows", config.hiddenSize());
    }

    /** @param rows those of the tokens whose state is computed; the keys and values are those of all */
    private String albertLayer(GraphBuilder g, String name, String hidden, String rows, String maskedScores) {
        String attention = name + ".attention";
        String key = heads(g, products.linear(g, hidden, attention + ".key"), 0, 2, 3, 1); // [B, A, D, T]
        String value = heads(g, products.linear(g, hidden, attention + ".value"), 0, 2, 1, 3); // [B, A, T, D]
        String query = heads(g, products.linear(g, rows, attention + ".query"), 0, 2, 1, 3); // [B, A, T, D]
        String scale = g.constant((float) (1 / Math.sqrt(config.headSize())));
        String scores = g.node("Mul", List.of(g.node("MatMul", List.of(query, key)), scale)); // [B, A, T, T]
        String probabilities = g.node("Softmax", List.of(g.node("Add", List.of(scores, maskedScores))));
        String context = g.node("MatMul", List.of(probabilities, value)); // [B, A, T, D]
        context = g.node("Transpose", List.of(context), Attribute.ints("perm", 0, 2, 1, 3)); // [B, T, A, D]
        context = g.node("Reshape", List.of(context, g.ints(0, 0, config.attentionSize()))); // [B, T, AD]
        String dense = products.linear(g, context, attention + ".dense"); // [B, T, H]
        String attended = g.node("Add", List.of(dense, rows));
        attended = layerNorm(g, attended, attention + ".LayerNorm", config.hiddenSize());

        String ffn = activation(g, products.linear(g, attended, name + ".ffn")); // [B, T, F]
        String ffnOutput = products.linear(g, ffn, name + ".ffn_output"); // [B, T, H]
        String sum = g.node("Add", List.of(ffnOutput, attended));
        return layerNorm(g, sum, name + ".full_layer_layer_norm", config.hiddenSize());
    }

    private String heads(GraphBuilder g, String x, long... order) {
        String shape = g.ints(0, 0, config.numAttentionHeads(), config.headSize());
        String heads = g.node("Reshape", List.of(x, shape)); // [B, T, A, D]
        return g.node("Transpose", List.of(heads), Attribute.ints("perm", order));
    }

    /** The first token's state through the pooler: [B, T, H] or [B, 1, H] → [B, H]. */
    String pooler(GraphBuilder g, String hidden) {
        String first = g.node("Gather", List.of(hidden, g.integer(0)), Attribute.of("axis", 1)); // [B, H]
        return g.node("Tanh", List.of(products.linear(g, first, "albert.pooler")));
    }

    /** The head of a masked language model: [B, T, H] → [B, T, V]. */
    String predictions(GraphBuilder g, String hidden) {
        String x = activation(g, products.linear(g, hidden, "predictions.dense")); // [B, T, E]
        x = layerNorm(g, x, "predictions.LayerNorm", config.embeddingSize());
        String bias = g.array("predictions.bias", weights.values("predictions.bias"), config.vocabSize());
        return g.node("Add", List.of(products.wordsProduct(g, x), bias));
    }

    private String layerNorm(GraphBuilder g, String x, String name, int size) {
        String weight = g.array(name + ".weight", weights.values(name + ".weight"), size);
        String bias = g.array(name + ".bias", weights.values(name + ".bias"), size);
        return g.node(
                "LayerNormalization", List.of(x, weight, bias), Attribute.of("epsilon", (float) config.layerNormEps()));
    }

    /** In the operators of opset 17; ONNX Runtime makes one operator of each of these chains. */
    private String activation(GraphBuilder g, String x) {
        if (config.hiddenAct() == Activation.RELU) {
            return g.node("Relu", List.of(x));
        }
        String bent;
        if (config.hiddenAct() == Activation.GELU_ERF) {
            bent = g.node("Erf", List.of(g.node("Div", List.of(x, g.constant((float) Math.sqrt(2))))));
        } else {
            String cubic = g.node("Mul", List.of(g.node("Pow", List.of(x, g.constant(3))), g.constant(0.044715f)));
            String scale = g.constant((float) Math.sqrt(2 / Math.PI));
            bent = g.node("Tanh", List.of(g.node("Mul", List.of(g.node("Add", List.of(x, cubic)), scale))));
        }
        String gate = g.node("Add", List.of(bent, g.constant(1)));
        return config.hiddenAct() == Activation.GELU_ERF
                ? g.node("Mul", List.of(g.node("Mul", List.of(x, gate)), g.constant(0.5f)))
                : g.node("Mul", List.of(g.node("Mul", List.of(x, g.constant(0.5f))), gate));
    }
}
