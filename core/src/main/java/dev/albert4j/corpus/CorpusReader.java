package dev.albert4j.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.data.LineReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the documents of a file, line by line, in constant memory. Text ({@code .txt}, any other name): a blank line ends a
 * document, as in google-research's format. JSON lines ({@code .jsonl}): each object is a document, its field {@code text}.
 * {@code .gz} is unpacked. Used by one thread.
 */
final class CorpusReader implements AutoCloseable {
    /**
     * A line that is not blank.
     *
     * @param beginsDocument whether it is the first one of its document
     */
    record Line(String text, boolean beginsDocument) {}

    private final ObjectMapper json = new ObjectMapper();
    private final LineReader lines;
    private final Path file;
    private final boolean isJson;
    private final Deque<String> ofObject = new ArrayDeque<>();
    private boolean begins = true;

    private CorpusReader(LineReader lines, Path file, boolean isJson) {
        this.lines = lines;
        this.file = file;
        this.isJson = isJson;
    }

    static CorpusReader open(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        boolean isJson = name.endsWith(".jsonl") || name.endsWith(".jsonl.gz");
        return new CorpusReader(LineReader.open(file), file, isJson);
    }

    /** The next line that is not blank, or null after the last. */
    @Nullable
    Line next() throws IOException {
        while (true) {
            String line = ofObject.poll();
            if (line == null) {
                line = lines.next();
                if (line == null) {
                    return null;
                }
                if (isJson) {
                    text(line).lines().forEach(ofObject::add);
                    begins = true;
                    continue;
                }
            }
            if (!line.isBlank()) {
                Line found = new Line(line, begins);
                begins = false;
                return found;
            }
            begins |= !isJson; // a blank line inside an object's text ends no document
        }
    }

    private String text(String line) throws DataFormatException {
        if (line.isBlank()) {
            return "";
        }
        try {
            JsonNode text = json.readTree(line).path("text");
            if (text.isTextual()) {
                return text.textValue();
            }
        } catch (JsonProcessingException e) {
            throw new DataFormatException(file, lines.lineNumber(), "is not JSON: " + e.getOriginalMessage());
        }
        throw new DataFormatException(file, lines.lineNumber(), "is not an object with a string \"text\"");
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
