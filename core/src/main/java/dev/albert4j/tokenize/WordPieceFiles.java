package dev.albert4j.tokenize;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a WordPiece tokenizer: {@code vocab.txt}, one token a line, with {@code tokenizer_config.json} beside it, or
 * Hugging Face's {@code tokenizer.json}.
 */
final class WordPieceFiles {
    private static final String VOCAB = "vocab.txt";
    private static final String CONFIG = "tokenizer_config.json";
    private static final long MAX_BYTES = 64L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private WordPieceFiles() {}

    /**
     * Reads a vocabulary. Of a token that is there twice the last line counts, as in both references; an empty line has an
     * id, which no text gets. A {@code tokenizer_config.json} in the same directory says whether letters are lower-cased.
     */
    static WordPieceSegmenter load(Path vocab) throws IOException {
        return segmenter(vocab, lines(vocab), normalization(vocab.resolveSibling(CONFIG)));
    }

    private static List<String> lines(Path vocab) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(vocab)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(vocab, "is not UTF-8", e);
        }
        if (text.isEmpty()) {
            throw new ModelFormatException(vocab, "is empty; expected one token a line");
        }
        List<String> tokens = new ArrayList<>();
        for (int begin = text.startsWith("\uFEFF") ? 1 : 0; begin < text.length(); ) {
            int end = text.indexOf('\n', begin);
            int stop = end < 0 ? text.length() : end;
            int last = stop > begin && text.charAt(stop - 1) == '\r' ? stop - 1 : stop;
            tokens.add(text.substring(begin, last));
            begin = stop + 1;
        }
        return tokens;
    }

    private static BertNormalization normalization(Path config) throws IOException {
        if (!Files.exists(config)) {
            return BertNormalization.UNCASED;
        }
        JsonNode node = json(config);
        boolean lowerCase = flag(config, node, "do_lower_case", true);
        return new BertNormalization(
                lowerCase,
                flag(config, node, "strip_accents", lowerCase),
                flag(config, node, "tokenize_chinese_chars", true));
    }

    /** Reads a {@code tokenizer.json} whose model is WordPiece. */
    static WordPieceSegmenter loadTokenizerJson(Path file) throws IOException {
        JsonNode root = json(file);
        JsonNode model = root.path("model");
        expect(file, model, "unk_token", "[UNK]");
        expect(file, model, "continuing_subword_prefix", WordPieceSegmenter.CONTINUATION);
        expect(file, model, "max_input_chars_per_word", String.valueOf(WordPieceSegmenter.MAX_WORD));
        JsonNode normalizer = root.path("normalizer");
        expectType(file, root, "normalizer", "BertNormalizer");
        expect(file, normalizer, "clean_text", "true");
        expectType(file, root, "pre_tokenizer", "BertPreTokenizer");
        boolean lowerCase = flag(file, normalizer, "lowercase", true);
        BertNormalization normalization = new BertNormalization(
                lowerCase,
                flag(file, normalizer, "strip_accents", lowerCase),
                flag(file, normalizer, "handle_chinese_chars", true));
        List<String> tokens = tokens(file, model.path("vocab"));
        for (JsonNode added : root.path("added_tokens")) {
            int id = added.path("id").asInt(-1);
            String content = added.path("content").asText();
            if (id < 0 || id >= tokens.size() || !tokens.get(id).equals(content)) {
                throw new ModelFormatException(
                        file, "added token " + content + " with id " + id + " is not in model.vocab: not supported");
            }
        }
        return segmenter(file, tokens, normalization);
    }

    private static List<String> tokens(Path file, JsonNode vocab) throws ModelFormatException {
        @Nullable String[] tokens = new @Nullable String[vocab.size()];
        for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
            int id = entry.getValue().asInt(-1);
            if (id < 0 || id >= tokens.length || tokens[id] != null) {
                throw new ModelFormatException(
                        file,
                        "model.vocab gives " + entry.getKey() + " the id " + entry.getValue()
                                + "; expected each of 0 to " + (tokens.length - 1) + " once");
            }
            tokens[id] = entry.getKey();
        }
        List<String> list = new ArrayList<>(tokens.length);
        for (String token : tokens) {
            list.add(token == null ? "" : token); // as many entries as ids, none twice: there is no null
        }
        return list;
    }

    private static WordPieceSegmenter segmenter(Path file, List<String> tokens, BertNormalization normalization)
            throws ModelFormatException {
        try {
            return new WordPieceSegmenter(new Vocabulary(tokens, "[PAD]", "[UNK]"), normalization);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
        }
    }

    /** Writes {@code vocab.txt}, and {@code tokenizer_config.json} so that Hugging Face takes it for a BERT tokenizer. */
    static void save(WordPieceSegmenter segmenter, Path directory) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String token : segmenter.vocabulary().tokens()) {
            lines.append(token).append('\n');
        }
        ObjectNode config = JSON.createObjectNode()
                .put("tokenizer_class", "BertTokenizer")
                .put("do_lower_case", segmenter.normalization().lowerCase())
                .put("strip_accents", segmenter.normalization().stripAccents())
                .put("tokenize_chinese_chars", segmenter.normalization().splitChinese());
        Files.createDirectories(directory);
        WholeFile.write(
                directory.resolve(CONFIG), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
        WholeFile.write(directory.resolve(VOCAB), lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(Path file) throws IOException {
        try {
            JsonNode node = JSON.readTree(bytes(file));
            if (node == null || !node.isObject()) {
                throw new ModelFormatException(file, "is not a JSON object");
            }
            return node;
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new ModelFormatException(file, "has " + size + " bytes; at most " + MAX_BYTES + " are allowed");
        }
        return Files.readAllBytes(file);
    }

    private static boolean flag(Path file, JsonNode node, String name, boolean absent) throws ModelFormatException {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw new ModelFormatException(file, name + " is " + value + "; expected true, false or null");
        }
        return value.booleanValue();
    }

    private static void expect(Path file, JsonNode node, String name, String expected) throws ModelFormatException {
        JsonNode value = node.path(name);
        if (!value.isMissingNode() && !value.asText().equals(expected)) {
            throw new ModelFormatException(file, name + " is " + value + "; only " + expected + " is supported");
        }
    }

    private static void expectType(Path file, JsonNode root, String name, String expected) throws ModelFormatException {
        JsonNode type = root.path(name).path("type");
        if (!type.asText().equals(expected)) {
            String found = type.isMissingNode() ? "missing" : type.toString();
            throw new ModelFormatException(file, name + ".type is " + found + "; only " + expected + " is supported");
        }
    }
}
