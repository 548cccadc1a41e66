package dev.albert4j.onnx;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import java.util.List;

/**
 * A whole ONNX model: inputs and outputs named as those of Hugging Face's exports, between them the encoder and a head.
 */
final class ModelGraph {
    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String TYPE_IDS = "token_type_ids";
    private static final String BATCH = "batch_size";
    private static final String SEQUENCE = "sequence_length";
    private static final String CHOICES = "num_choices";

    private final AlbertConfig config;
    private final AlbertGraph albert;
    private final Products small; // heads of a few classes are never rounded
    private final GraphBuilder g = GraphBuilder.of("albert");

    private ModelGraph(AlbertWeights weights, OnnxPrecision precision, boolean firstTokensOnly, boolean allStates) {
        this.config = weights.config();
        this.small = new FloatProducts(weights);
        Products products = switch (precision) {
            case FP32 -> small;
            case INT8 -> new QuantizedProducts(weights, ElementType.INT8);
            case UINT8 -> new QuantizedProducts(weights, ElementType.UINT8);
        };
        this.albert = new AlbertGraph(weights, products, firstTokensOnly, allStates);
    }

    /** The model with its head: logits, or the states of a bare encoder. */
    static Message of(AlbertWeights weights, OnnxPrecision precision) {
        Head head = weights.config().head();
        boolean firstTokensOnly = head == Head.SEQUENCE_CLASSIFICATION || head == Head.MULTIPLE_CHOICE;
        ModelGraph graph = new ModelGraph(weights, precision, firstTokensOnly, false);
        switch (head) {
            case NONE -> graph.encoder(true, true);
            case PRE_TRAINING -> graph.pretraining();
            case MASKED_LM -> graph.maskedLanguageModel();
            case SEQUENCE_CLASSIFICATION -> graph.sequenceClassifier();
            case TOKEN_CLASSIFICATION -> graph.tokenClassifier();
            case QUESTION_ANSWERING -> graph.questionAnswering();
            case MULTIPLE_CHOICE -> graph.multipleChoice();
        }
        return graph.g.model();
    }

    /** The encoder of a model, whatever its head, with the states an {@link OnnxEncoder} is asked for. */
    static Message encoder(AlbertWeights weights, OnnxPrecision precision, OutputStates states) {
        boolean pooledOnly = states == OutputStates.POOLED;
        ModelGraph graph = new ModelGraph(weights, precision, pooledOnly, states == OutputStates.ALL);
        boolean hasPooler = AlbertParameters.hasPooler(weights.config().head());
        graph.encoder(!pooledOnly, hasPooler);
        return graph.g.model();
    }

    private void encoder(boolean lastHiddenState, boolean poolerOutput) {
        String hidden = lastHiddenState();
        if (lastHiddenState) {
            output("last_hidden_state", hidden, BATCH, SEQUENCE, config.hiddenSize());
        }
        if (poolerOutput) {
            output("pooler_output", albert.pooler(g, hidden), BATCH, config.hiddenSize());
        }
    }

    private void pretraining() {
        String hidden = lastHiddenState();
        output("prediction_logits", albert.predictions(g, hidden), BATCH, SEQUENCE, config.vocabSize());
        String pooled = albert.pooler(g, hidden);
        output("sop_logits", small.linear(g, pooled, "sop_classifier.classifier"), BATCH, 2);
    }

    private void maskedLanguageModel() {
        output("logits", albert.predictions(g, lastHiddenState()), BATCH, SEQUENCE, config.vocabSize());
    }

    private void sequenceClassifier() {
        String pooled = albert.pooler(g, lastHiddenState());
        output("logits", small.linear(g, pooled, "classifier"), BATCH, config.numLabels());
    }

    private void tokenClassifier() {
        String logits = small.linear(g, lastHiddenState(), "classifier");
        output("logits", logits, BATCH, SEQUENCE, config.numLabels());
    }

    private void questionAnswering() {
        String logits = small.linear(g, lastHiddenState(), "qa_outputs"); // [B, T, 2]
        for (int i = 0; i < 2; i++) {
            String column = g.node("Gather", List.of(logits, g.integer(i)), Attribute.of("axis", 2));
            output(i == 0 ? "start_logits" : "end_logits", column, BATCH, SEQUENCE);
        }
    }

    /** The choices of a question are sequences of their own: [B, choices, T] → [B · choices, T] and back. */
    private void multipleChoice() {
        String ids = input(IDS, BATCH, CHOICES, SEQUENCE);
        String mask = flat(input(MASK, BATCH, CHOICES, SEQUENCE));
        String typeIds = flat(input(TYPE_IDS, BATCH, CHOICES, SEQUENCE));
        String pooled = albert.pooler(g, albert.lastHiddenState(g, flat(ids), mask, typeIds));
        String logits = small.linear(g, pooled, "classifier"); // [B · choices, 1]
        String shape = g.node("Shape", List.of(ids), Attribute.of("end", 2)); // [2]
        output("logits", g.node("Reshape", List.of(logits, shape)), BATCH, CHOICES);
    }

    /** One row a sequence: [B, choices, T] → [B · choices, T]. */
    private String flat(String input) {
        String length = g.node("Shape", List.of(input), Attribute.of("start", 2)); // [1]
        String shape = g.node("Concat", List.of(g.ints(-1), length), Attribute.of("axis", 0));
        return g.node("Reshape", List.of(input, shape));
    }

    private String lastHiddenState() {
        String ids = input(IDS, BATCH, SEQUENCE);
        String mask = input(MASK, BATCH, SEQUENCE);
        return albert.lastHiddenState(g, ids, mask, input(TYPE_IDS, BATCH, SEQUENCE));
    }

    private String input(String name, Object... shape) {
        return g.input(name, ElementType.INT64, shape);
    }

    private void output(String name, String value, Object... shape) {
        g.output(name, value, ElementType.FLOAT, shape);
    }
}
