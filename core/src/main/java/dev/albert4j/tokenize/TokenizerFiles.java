package dev.albert4j.tokenize;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Finds a tokenizer's file, tells what kind it is, and has it read. */
final class TokenizerFiles {
    /** The files looked for in a directory; the first there is counts. */
    private static final List<String> NAMES = List.of("spiece.model", "tokenizer.json", "vocab.txt");

    private TokenizerFiles() {}

    /** Reads a file, or the first of {@link #NAMES} in a directory. */
    static Segmenter read(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString(), null, "there is no such file or directory");
            }
            return readFile(path);
        }
        for (String name : NAMES) {
            Path file = path.resolve(name);
            if (Files.exists(file)) {
                return readFile(file);
            }
        }
        throw new NoSuchFileException(path.toString(), null, "holds no tokenizer; expected one of " + NAMES);
    }

    private static Segmenter readFile(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".model")) {
            return UnigramSegmenter.load(file);
        }
        if (name.endsWith(".txt")) {
            return WordPieceFiles.load(file);
        }
        if (name.endsWith(".json")) {
            return switch (modelType(file)) {
                case "Unigram" -> UnigramSegmenter.loadTokenizerJson(file);
                case "WordPiece" -> WordPieceFiles.loadTokenizerJson(file);
                default ->
                    throw new ModelFormatException(
                            file, "model.type is " + modelType(file) + "; expected Unigram or WordPiece");
            };
        }
        throw new ModelFormatException(file, "is no tokenizer; expected a name like one of " + NAMES);
    }

    /**
     * The {@code model.type} of a {@code tokenizer.json}, read as a stream. Old files have none: there the vocabulary of a
     * WordPiece model is an object, that of a unigram model a list.
     */
    private static String modelType(Path file) throws IOException {
        String byVocab = "missing";
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            if (!enter(json, "model")) {
                throw new ModelFormatException(file, "has no object model");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                if (field.equals("type")) {
                    return json.getText();
                }
                if (field.equals("vocab")) {
                    byVocab = value == JsonToken.START_ARRAY ? "Unigram" : "WordPiece";
                }
                json.skipChildren();
            }
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "is not JSON: " + e.getOriginalMessage(), e);
        }
        return byVocab;
    }

    /** Moves into the object that a field of the outermost object holds. */
    private static boolean enter(JsonParser json, String name) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals(name)) {
                return value == JsonToken.START_OBJECT;
            }
            json.skipChildren();
        }
        return false;
    }
}
