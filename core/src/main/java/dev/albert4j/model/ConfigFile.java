package dev.albert4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@link AlbertConfig} from and to the JSON of Hugging Face's and Google's configuration files. One reading of one file. */
final class ConfigFile {
    private static final String HEAD_SIZE = "attention_head_size"; // not Hugging Face's: of pruned models
    private static final String EXIT_CLASSIFIERS = "exit_classifiers"; // nor this
    private static final int MAX_LABELS = 1_000_000;

    private final Path file;
    private final Map<String, JsonNode> left; // fields not read yet

    private ConfigFile(Path file, Map<String, JsonNode> fields) {
        this.file = file;
        this.left = fields;
    }

    static AlbertConfig read(Path file) throws IOException {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        JsonFile.read(file).properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        try {
            return new ConfigFile(file, fields).toConfig();
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private AlbertConfig toConfig() throws ModelFormatException {
        boolean google = !left.containsKey("model_type")
                && !left.containsKey("architectures")
                && !left.containsKey("transformers_version");
        JsonNode type = take("model_type");
        if (type != null && !type.asText().equals("albert")) {
            throw problem("model_type is " + type + ", only \"albert\" is read");
        }
        AlbertConfig preset = AlbertConfig.builder().build();
        AlbertConfig.Builder builder = AlbertConfig.builder()
                .head(head())
                .vocabSize(integer("vocab_size", preset.vocabSize()))
                .embeddingSize(integer("embedding_size", preset.embeddingSize()))
                .hiddenSize(integer("hidden_size", preset.hiddenSize()))
                .numHiddenLayers(integer("num_hidden_layers", preset.numHiddenLayers()))
                .numHiddenGroups(integer("num_hidden_groups", preset.numHiddenGroups()))
                .innerGroupNum(integer("inner_group_num", preset.innerGroupNum()))
                .numAttentionHeads(integer("num_attention_heads", preset.numAttentionHeads()))
                .intermediateSize(integer("intermediate_size", preset.intermediateSize()))
                .hiddenAct(activation(google))
                .hiddenDropoutProb(number("hidden_dropout_prob", preset.hiddenDropoutProb()))
                .attentionProbsDropoutProb(number("attention_probs_dropout_prob", preset.attentionProbsDropoutProb()))
                .classifierDropoutProb(number("classifier_dropout_prob", preset.classifierDropoutProb()))
                .maxPositionEmbeddings(integer("max_position_embeddings", preset.maxPositionEmbeddings()))
                .typeVocabSize(integer("type_vocab_size", preset.typeVocabSize()))
                .initializerRange(number("initializer_range", preset.initializerRange()))
                .layerNormEps(number("layer_norm_eps", preset.layerNormEps()))
                .labels(labels())
                .problemType(problemType())
                .exitClassifiers(bool(EXIT_CLASSIFIERS));
        if (left.containsKey(HEAD_SIZE)) {
            builder.headSize(integer(HEAD_SIZE, 0));
        }
        return builder.others(left).build();
    }

    private Head head() throws ModelFormatException {
        JsonNode names = take("architectures");
        if (names == null) {
            return Head.NONE;
        }
        List<String> allowed = new ArrayList<>();
        for (Head head : Head.values()) {
            if (names.isArray() && names.size() == 1 && names.get(0).asText().equals(head.architecture())) {
                return head;
            }
            allowed.add(head.architecture());
        }
        throw problem("architectures is " + shorten(names) + ", not one of " + allowed);
    }

    private Activation activation(boolean google) throws ModelFormatException {
        JsonNode node = take("hidden_act");
        if (node == null) {
            return Activation.GELU_TANH; // the default of both: gelu_new, and Google's gelu
        }
        return switch (node.isTextual() ? node.asText() : "") {
            case "gelu" -> google ? Activation.GELU_TANH : Activation.GELU_ERF;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            default ->
                throw problem("hidden_act is " + shorten(node)
                        + ", not one of gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu");
        };
    }

    private ProblemType problemType() throws ModelFormatException {
        JsonNode node = take("problem_type");
        if (node == null) {
            return ProblemType.UNSPECIFIED;
        }
        for (ProblemType type : ProblemType.values()) {
            if (type != ProblemType.UNSPECIFIED && node.asText().equals(jsonName(type))) {
                return type;
            }
        }
        throw problem("problem_type is " + shorten(node)
                + ", not one of single_label_classification, multi_label_classification, regression");
    }

    private static String jsonName(ProblemType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private List<String> labels() throws ModelFormatException {
        JsonNode byId = take("id2label");
        JsonNode byLabel = take("label2id");
        int count = integer("num_labels", byId == null ? 0 : byId.size());
        if (count < 0 || count > MAX_LABELS) {
            throw problem("num_labels is " + count + ", not a number from 0 to " + MAX_LABELS);
        }
        String[] labels = new String[count];
        if (byId == null) {
            Arrays.setAll(labels, i -> "LABEL_" + i);
        } else {
            fillLabels(byId, labels);
        }
        if (byId != null && byLabel != null) {
            checkInverse(labels, byLabel);
        }
        return List.of(labels);
    }

    private void fillLabels(JsonNode byId, String[] labels) throws ModelFormatException {
        if (!byId.isObject()) {
            throw problem("id2label is " + shorten(byId) + ", not an object");
        }
        if (byId.size() != labels.length) {
            throw problem("id2label has " + byId.size() + " labels, num_labels is " + labels.length);
        }
        for (int i = 0; i < labels.length; i++) {
            JsonNode label = byId.get(Integer.toString(i));
            if (label == null) {
                throw problem("id2label has " + labels.length + " entries but none for \"" + i + "\"");
            }
            if (!label.isTextual()) {
                throw problem("id2label \"" + i + "\" is " + shorten(label) + ", not a string");
            }
            labels[i] = label.asText();
        }
    }

    private void checkInverse(String[] labels, JsonNode byLabel) throws ModelFormatException {
        if (!byLabel.isObject() || byLabel.size() != labels.length) {
            throw problem("label2id " + shorten(byLabel) + " contradicts id2label " + shorten(List.of(labels)));
        }
        for (int i = 0; i < labels.length; i++) {
            JsonNode id = byLabel.get(labels[i]);
            if (id == null || !id.isInt() || id.asInt() != i) {
                throw problem("id2label says " + i + " is \"" + labels[i] + "\", label2id says " + id);
            }
        }
    }

    private int integer(String name, int preset) throws ModelFormatException {
        JsonNode node = take(name);
        if (node == null) {
            return preset;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw problem(name + " is " + shorten(node) + ", not an integer of at most " + Integer.MAX_VALUE);
        }
        return node.asInt();
    }

    private double number(String name, double preset) throws ModelFormatException {
        JsonNode node = take(name);
        if (node == null) {
            return preset;
        }
        if (!node.isNumber()) {
            throw problem(name + " is " + shorten(node) + ", not a number");
        }
        return node.asDouble();
    }

    private boolean bool(String name) throws ModelFormatException {
        JsonNode node = take(name);
        if (node != null && !node.isBoolean()) {
            throw problem(name + " is " + shorten(node) + ", not true or false");
        }
        return node != null && node.asBoolean();
    }

    /** The value of a field, which then counts as read; null where missing or JSON's null. */
    private @Nullable JsonNode take(String name) {
        JsonNode node = left.remove(name);
        return node == null || node.isNull() ? null : node;
    }

    private ModelFormatException problem(String text) {
        return new ModelFormatException(file, text);
    }

    private static String shorten(Object value) {
        String text = value.toString();
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    /** Hugging Face's config.json: keys in alphabetical order, as {@code save_pretrained} writes them. */
    static ObjectNode toJson(AlbertConfig config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("pad_token_id", 0)
                .put("bos_token_id", 2)
                .put("eos_token_id", 3)
                .put("tie_word_embeddings", true);
        json.setAll(config.others());
        json.put("model_type", "albert");
        json.putArray("architectures").add(config.head().architecture());
        json.put("vocab_size", config.vocabSize())
                .put("embedding_size", config.embeddingSize())
                .put("hidden_size", config.hiddenSize())
                .put("num_hidden_layers", config.numHiddenLayers())
                .put("num_hidden_groups", config.numHiddenGroups())
                .put("inner_group_num", config.innerGroupNum())
                .put("num_attention_heads", config.numAttentionHeads())
                .put("intermediate_size", config.intermediateSize())
                .put("hidden_act", config.hiddenAct().hiddenAct())
                .put("hidden_dropout_prob", config.hiddenDropoutProb())
                .put("attention_probs_dropout_prob", config.attentionProbsDropoutProb())
                .put("classifier_dropout_prob", config.classifierDropoutProb())
                .put("max_position_embeddings", config.maxPositionEmbeddings())
                .put("type_vocab_size", config.typeVocabSize())
                .put("initializer_range", config.initializerRange())
                .put("layer_norm_eps", config.layerNormEps());
        if (config.attentionSize() != config.hiddenSize()) {
            json.put(HEAD_SIZE, config.headSize());
        }
        if (!config.labels().isEmpty()) {
            ObjectNode byId = json.putObject("id2label");
            ObjectNode byLabel = json.putObject("label2id");
            for (int i = 0; i < config.labels().size(); i++) {
                byId.put(Integer.toString(i), config.labels().get(i));
                byLabel.put(config.labels().get(i), i);
            }
        }
        if (config.problemType() != ProblemType.UNSPECIFIED) {
            json.put("problem_type", jsonName(config.problemType()));
        }
        if (config.exitClassifiers()) {
            json.put(EXIT_CLASSIFIERS, true);
        }
        Map<String, JsonNode> sorted = new TreeMap<>();
        json.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
        ObjectNode ordered = JsonNodeFactory.instance.objectNode();
        ordered.setAll(sorted);
        return ordered;
    }
}
