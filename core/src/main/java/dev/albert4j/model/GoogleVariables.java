package dev.albert4j.model;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variable names of google-research's ALBERT (modeling.py, run_pretraining.py, run_classifier.py, run_squad_v1.py) and the
 * parameters they are in Hugging Face's checkpoints (the map of {@code load_tf_weights_in_albert}). Dense kernels are
 * [in, out] there, [out, in] here; {@code output_weights} are [out, in] in both.
 */
final class GoogleVariables {
    private static final Pattern LAYER =
            Pattern.compile("bert/encoder/transformer/group_(\\d{1,5})/inner_group_(\\d{1,5})/(.+)");

    private static final Map<String, String> LAYER_PARTS = Map.of(
            "attention_1/self/query", "attention.query",
            "attention_1/self/key", "attention.key",
            "attention_1/self/value", "attention.value",
            "attention_1/output/dense", "attention.dense",
            "LayerNorm", "attention.LayerNorm",
            "ffn_1/intermediate/dense", "ffn",
            "ffn_1/intermediate/output/dense", "ffn_output",
            "LayerNorm_1", "full_layer_layer_norm");

    private static final Map<String, String> PARTS = Map.of(
            "bert/embeddings/LayerNorm", "albert.embeddings.LayerNorm",
            "bert/encoder/embedding_hidden_mapping_in", "albert.encoder.embedding_hidden_mapping_in",
            "bert/pooler/dense", "albert.pooler",
            "cls/predictions/transform/dense", "predictions.dense",
            "cls/predictions/transform/LayerNorm", "predictions.LayerNorm");

    private static final Map<String, String> LEAVES =
            Map.of("kernel", "weight", "bias", "bias", "gamma", "weight", "beta", "bias");

    private static final Map<String, String> WHOLE = Map.ofEntries(
            Map.entry("bert/embeddings/word_embeddings", "albert.embeddings.word_embeddings.weight"),
            Map.entry("bert/embeddings/position_embeddings", "albert.embeddings.position_embeddings.weight"),
            Map.entry("bert/embeddings/token_type_embeddings", "albert.embeddings.token_type_embeddings.weight"),
            Map.entry("cls/predictions/output_bias", "predictions.bias"),
            Map.entry("cls/seq_relationship/output_weights", "sop_classifier.classifier.weight"),
            Map.entry("cls/seq_relationship/output_bias", "sop_classifier.classifier.bias"),
            Map.entry("cls/squad/output_weights", "qa_outputs.weight"),
            Map.entry("cls/squad/output_bias", "qa_outputs.bias"),
            Map.entry("output_weights", "classifier.weight"),
            Map.entry("output_bias", "classifier.bias"));

    private GoogleVariables() {}

    /** Whether a checkpoint with this name is Google's. */
    static boolean isEncoderVariable(String name) {
        return plain(name).startsWith("bert/");
    }

    /** Whether a variable belongs to the training: optimizer slots and the step. */
    static boolean isTrainingState(String name) {
        return name.equals("global_step")
                || name.endsWith("/adam_m")
                || name.endsWith("/adam_v")
                || name.contains("AdamWeightDecayOptimizer");
    }

    /** Whether a variable's rows are Hugging Face's columns. */
    static boolean isTransposed(String name) {
        return name.endsWith("/kernel");
    }

    /** The parameter of a variable; the name itself where there is none. */
    static String parameterOf(String name) {
        String variable = plain(name);
        String whole = WHOLE.get(variable);
        if (whole != null) {
            return whole;
        }
        Matcher layer = LAYER.matcher(variable);
        boolean inLayer = layer.matches();
        String rest = inLayer ? layer.group(3) : variable;
        int slash = rest.lastIndexOf('/');
        String leaf = LEAVES.get(rest.substring(slash + 1));
        String part = slash < 0 ? null : (inLayer ? LAYER_PARTS : PARTS).get(rest.substring(0, slash));
        if (leaf == null || part == null) {
            return name;
        }
        String prefix = inLayer
                ? "albert.encoder.albert_layer_groups." + Integer.parseInt(layer.group(1)) + ".albert_layers."
                        + Integer.parseInt(layer.group(2)) + "."
                : "";
        return prefix + part + "." + leaf;
    }

    /** Without the prefix of TensorFlow Hub's modules. */
    private static String plain(String name) {
        return name.startsWith("module/") ? name.substring("module/".length()) : name;
    }
}
