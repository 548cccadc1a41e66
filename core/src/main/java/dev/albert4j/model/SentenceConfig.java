package dev.albert4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an encoder makes vectors of texts, in the files of sentence-transformers: {@code modules.json}, {@code
 * sentence_bert_config.json}, {@code 1_Pooling/config.json}, {@code 2_Normalize/config.json}. Immutable.
 *
 * @param pooling what becomes of the last hidden states
 * @param normalized whether vectors are scaled to length 1
 * @param maxLength most tokens of a text; the rest is cut off
 */
public record SentenceConfig(Pooling pooling, boolean normalized, int maxLength) {
    static final String MODULES = "modules.json";
    static final String TRANSFORMER = "sentence_bert_config.json";
    static final String POOLING = "1_Pooling/config.json";
    static final String NORMALIZE = "2_Normalize/config.json";

    private static final String MODE = "pooling_mode";

    /** The fields of older files, one of which is true; newer ones have {@code pooling_mode} with the name. */
    private static final Map<String, String> MODES = Map.of(
            "pooling_mode_cls_token", "cls",
            "pooling_mode_mean_tokens", "mean",
            "pooling_mode_max_tokens", "max",
            "pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens",
            "pooling_mode_weightedmean_tokens", "weightedmean",
            "pooling_mode_lasttoken", "lasttoken");

    /** How the vectors of a text's tokens become one. */
    public enum Pooling {
        /** The mean over all tokens, special ones included. */
        MEAN,
        /** The first token's, [CLS]; not the pooler's output. */
        CLS;

        /** The name in sentence-transformers' files. */
        public String stored() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public SentenceConfig {
        if (maxLength < 2) {
            throw new IllegalArgumentException("maxLength " + maxLength + " is less than 2");
        }
    }

    /** What holds for a model that does not say: the mean, as it is, of as many tokens as the model reads. */
    public static SentenceConfig of(AlbertConfig config) {
        return new SentenceConfig(Pooling.MEAN, false, config.maxPositionEmbeddings());
    }

    /**
     * Reads the files of a model directory.
     *
     * @return null if there is no {@code modules.json}
     * @throws ModelFormatException if they ask for anything else than the mean or the first token, perhaps normalized
     */
    static @Nullable SentenceConfig read(Path directory, AlbertConfig config) throws IOException {
        Path file = directory.resolve(MODULES);
        if (!Files.exists(file)) {
            return null;
        }
        List<String> kinds = new ArrayList<>();
        List<Path> paths = new ArrayList<>();
        for (JsonNode module : JsonFile.readArray(file)) {
            String type = module.path("type").asText();
            kinds.add(type.startsWith("sentence_transformers.") ? type.substring(type.lastIndexOf('.') + 1) : type);
            paths.add(subdirectory(file, directory, module.path("path")));
        }
        boolean normalized = kinds.equals(List.of("Transformer", "Pooling", "Normalize"));
        if (!normalized && !kinds.equals(List.of("Transformer", "Pooling"))) {
            throw new ModelFormatException(
                    file, "has the modules " + kinds + "; allowed are Transformer, Pooling, and perhaps Normalize");
        }
        if (!paths.get(0).equals(directory)) {
            throw new ModelFormatException(
                    file, "has its Transformer in " + paths.get(0).getFileName() + ", not in the directory itself");
        }
        return new SentenceConfig(
                pooling(paths.get(1).resolve("config.json"), config), normalized, maxLength(directory, config));
    }

    private static Path subdirectory(Path file, Path directory, JsonNode path) throws ModelFormatException {
        if (!path.isTextual() || !path.textValue().matches("[A-Za-z0-9_-]{0,100}")) {
            throw new ModelFormatException(file, "has a module in " + path + ", not in a directory beside it");
        }
        return path.textValue().isEmpty() ? directory : directory.resolve(path.textValue());
    }

    private static Pooling pooling(Path file, AlbertConfig config) throws IOException {
        ObjectNode json = JsonFile.read(file);
        JsonNode dimension = json.has("embedding_dimension")
                ? json.get("embedding_dimension")
                : json.path("word_embedding_dimension");
        if (!dimension.isInt() || dimension.intValue() != config.hiddenSize()) {
            throw new ModelFormatException(
                    file,
                    "pools vectors of size " + dimension + ", but the model's hiddenSize is " + config.hiddenSize());
        }
        List<String> modes = new ArrayList<>();
        if (json.has(MODE)) {
            modes.add(
                    json.get(MODE).isTextual()
                            ? json.get(MODE).textValue()
                            : json.get(MODE).toString());
        } else {
            for (Map.Entry<String, String> mode : MODES.entrySet()) {
                if (json.path(mode.getKey()).asBoolean(false)) {
                    modes.add(mode.getValue());
                }
            }
        }
        for (Pooling pooling : Pooling.values()) {
            if (modes.equals(List.of(pooling.stored()))) {
                return pooling;
            }
        }
        throw new ModelFormatException(file, "pools by " + modes + "; allowed are mean and cls, one of them");
    }

    /** Newer versions of sentence-transformers keep the limit in the tokenizer's configuration. */
    private static int maxLength(Path directory, AlbertConfig config) throws IOException {
        int positions = config.maxPositionEmbeddings();
        Path file = directory.resolve(TRANSFORMER);
        JsonNode limit = JsonNodeFactory.instance.nullNode();
        if (Files.exists(file)) {
            ObjectNode json = JsonFile.read(file);
            if (json.path("do_lower_case").asBoolean(false)) {
                throw new ModelFormatException(file, "has do_lower_case; only the tokenizer may lower letters");
            }
            limit = json.path("max_seq_length");
            if (!limit.isMissingNode() && !limit.isNull() && !(limit.isIntegralNumber() && limit.asLong() >= 2)) {
                throw new ModelFormatException(file, "has max_seq_length " + limit + ", not a number from 2");
            }
        }
        Path tokenizer = directory.resolve(ModelDirectory.TOKENIZER_CONFIG);
        if (!limit.isNumber() && Files.exists(tokenizer)) {
            limit = JsonFile.read(tokenizer)
                    .path(ModelDirectory.MODEL_MAX_LENGTH); // "no limit" is a number beyond any integer
        }
        return limit.isNumber() && limit.asDouble() >= 2 ? (int) Math.min(positions, limit.asDouble()) : positions;
    }

    /** Writes the files into a model directory. */
    void write(Path directory, int hiddenSize) throws IOException {
        ArrayNode modules = JsonNodeFactory.instance.arrayNode();
        add(modules, "", "Transformer");
        ObjectNode transformer = JsonNodeFactory.instance.objectNode();
        JsonFile.write(
                directory.resolve(TRANSFORMER),
                transformer.put("max_seq_length", maxLength).put("do_lower_case", false));
        ObjectNode pooler = JsonNodeFactory.instance.objectNode().put("word_embedding_dimension", hiddenSize);
        for (Pooling mode : Pooling.values()) {
            pooler.put(mode == Pooling.CLS ? "pooling_mode_cls_token" : "pooling_mode_mean_tokens", mode == pooling);
        }
        pooler.put("pooling_mode_max_tokens", false).put("pooling_mode_mean_sqrt_len_tokens", false);
        add(modules, "1_Pooling", "Pooling");
        Files.createDirectory(directory.resolve("1_Pooling"));
        JsonFile.write(directory.resolve(POOLING), pooler);
        if (normalized) {
            add(modules, "2_Normalize", "Normalize");
            Files.createDirectory(directory.resolve("2_Normalize"));
            JsonFile.write(directory.resolve(NORMALIZE), JsonNodeFactory.instance.objectNode());
        }
        JsonFile.write(directory.resolve(MODULES), modules);
    }

    /** The types' names are those before version 5.4, which newer versions read too. */
    private static void add(ArrayNode modules, String path, String kind) {
        modules.addObject()
                .put("idx", modules.size() - 1)
                .put("name", Integer.toString(modules.size() - 1))
                .put("path", path)
                .put("type", "sentence_transformers.models." + kind);
    }
}
