package dev.albert4j.tokenize;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The choices in ALBERT's preprocessing, which a SentencePiece model does not hold. They are kept as Hugging Face keeps them, in a
 * {@code tokenizer_config.json} beside the model.
 *
 * @param lowerCase whether text is lower-cased ({@code do_lower_case})
 * @param keepAccents whether characters are left as they are ({@code keep_accents}), instead of decomposed (NFKD) and freed of
 *     combining marks
 */
record TextRules(boolean lowerCase, boolean keepAccents) {
    /** What google-research's models were trained with. */
    static final TextRules DEFAULT = new TextRules(true, false);

    private static final String FILE = "tokenizer_config.json";

    /** Reads the rules beside a model; what is not said there, or if there is no such file, is as in {@link #DEFAULT}. */
    static TextRules beside(Path model) throws IOException {
        Path file = model.resolveSibling(FILE);
        if (!Files.exists(file)) {
            return DEFAULT;
        }
        try {
            JsonNode config = new ObjectMapper().readTree(Files.readAllBytes(file));
            return new TextRules(
                    config.path("do_lower_case").asBoolean(DEFAULT.lowerCase),
                    config.path("keep_accents").asBoolean(DEFAULT.keepAccents));
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Writes the rules into a directory, with what else Hugging Face's AutoTokenizer needs to know. */
    void save(Path directory, Vocabulary vocabulary) throws IOException {
        ObjectNode config = JsonNodeFactory.instance
                .objectNode()
                .put("tokenizer_class", "AlbertTokenizer")
                .put("do_lower_case", lowerCase)
                .put("keep_accents", keepAccents)
                .put("remove_space", true)
                .put("pad_token", vocabulary.token(vocabulary.padId()))
                .put("unk_token", vocabulary.token(vocabulary.unkId()))
                .put("cls_token", vocabulary.token(vocabulary.clsId()))
                .put("sep_token", vocabulary.token(vocabulary.sepId()))
                .put("mask_token", vocabulary.token(vocabulary.maskId()));
        // Without this, AlbertTokenizer gives no type ids, and every pair of texts is read as one text.
        config.putArray("model_input_names")
                .add("input_ids")
                .add("token_type_ids")
                .add("attention_mask");
        JsonFile.write(directory.resolve(FILE), config);
    }
}
