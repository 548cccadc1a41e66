package dev.albert4j.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a {@link TokenStore} says of itself.
 *
 * @param tokenizer hash of the tokenizer
 * @param splitsSentences whether lines were cut into sentences
 * @param source the file it was made of
 * @param bytesPerId 2 or 4
 * @param documents number of documents
 * @param sentences number of sentences
 * @param tokens number of ids
 * @param idsCrc CRC-32C of the file of ids
 * @param sentencesCrc CRC-32C of the file of sentences
 * @param documentsCrc CRC-32C of the file of documents
 */
record StoreHeader(
        String tokenizer,
        boolean splitsSentences,
        SourceFile source,
        int bytesPerId,
        long documents,
        long sentences,
        long tokens,
        long idsCrc,
        long sentencesCrc,
        long documentsCrc) {
    static final String FILE = "header.json";

    private static final String FORMAT = "albert4j tokens 1";
    private static final ObjectMapper JSON = new ObjectMapper();

    void write(Path directory) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("format", FORMAT);
        json.setAll((ObjectNode) JSON.valueToTree(this));
        JsonFile.write(directory.resolve(FILE), json);
    }

    /** @throws ModelFormatException if it is none */
    static StoreHeader read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        ObjectNode json = JsonFile.read(file);
        JsonNode format = json.remove("format");
        if (format == null || !format.asText().equals(FORMAT)) {
            throw new ModelFormatException(file, "has the format " + format + "; expected \"" + FORMAT + "\"");
        }
        try {
            StoreHeader header = JSON.treeToValue(json, StoreHeader.class);
            if (header.tokenizer == null
                    || header.source == null
                    || (header.bytesPerId != 2 && header.bytesPerId != 4)
                    || Math.min(header.documents, Math.min(header.sentences, header.tokens)) < 0) {
                throw new ModelFormatException(file, "lacks fields, or has values that are not allowed");
            }
            return header;
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file, "is not the header of a token store", e);
        }
    }
}
