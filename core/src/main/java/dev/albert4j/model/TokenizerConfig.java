package dev.albert4j.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.tokenize.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Hugging Face's {@code tokenizer_config.json}: which of its classes reads the tokenizer's file, and the special tokens. */
final class TokenizerConfig {
    private TokenizerConfig() {}

    /**
     * @param wordPiece whether the file is {@code vocab.txt}
     * @param vocabulary names the special tokens; without it the class's own defaults hold
     */
    static void write(Path file, boolean wordPiece, @Nullable Vocabulary vocabulary) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("tokenizer_class", wordPiece ? "BertTokenizer" : "AlbertTokenizer");
        json.put("do_lower_case", true);
        if (!wordPiece) {
            json.put("keep_accents", false).put("remove_space", true);
        }
        if (vocabulary != null) {
            json.put("pad_token", vocabulary.token(vocabulary.padId()));
            json.put("unk_token", vocabulary.token(vocabulary.unkId()));
            json.put("cls_token", vocabulary.token(vocabulary.clsId()));
            json.put("sep_token", vocabulary.token(vocabulary.sepId()));
            json.put("mask_token", vocabulary.token(vocabulary.maskId()));
        }
        JsonFile.write(file, json);
    }
}
