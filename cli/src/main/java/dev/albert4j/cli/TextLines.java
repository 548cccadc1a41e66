package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.data.LineReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts from standard input or a file, one a line: plain, or JSON lines with {@code text} and {@code pair}. The first line
 * that is not blank decides which.
 */
final class TextLines implements AutoCloseable {
    /**
     * A line's text, or pair of texts, or question, or query.
     *
     * @param text the text, or the question, or the query
     * @param pair the second text, or the question's context
     * @param choices options to choose from, or texts to rank; mostly none
     */
    record Line(String text, @Nullable String pair, List<String> choices) {
        Line(String text, @Nullable String pair) {
            this(text, pair, List.of());
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final LineReader lines;
    private final Path name;
    private @Nullable Boolean isJson;

    TextLines(LineReader lines, Path name) {
        this.lines = lines;
        this.name = name;
    }

    static TextLines standardInput() {
        Path name = Path.of("standard input");
        return new TextLines(new LineReader(System.in, name), name);
    }

    /** The next line, or null after the last. */
    @Nullable
    Line next() throws IOException {
        String line = lines.next();
        if (line == null) {
            return null;
        }
        if (isJson == null && !line.isBlank()) {
            isJson = looksLikeJson(line);
        }
        return Boolean.TRUE.equals(isJson) ? parse(line) : new Line(line, null);
    }

    /** Whether there is more to read at once. */
    boolean isReady() throws IOException {
        return lines.isReady();
    }

    private boolean looksLikeJson(String line) {
        if (!line.stripLeading().startsWith("{")) {
            return false;
        }
        try {
            JsonNode node = json.readTree(line);
            return List.of("text", "question", "query").stream()
                    .anyMatch(field -> node.path(field).isTextual());
        } catch (JsonProcessingException e) {
            return false; // a text that begins with a brace
        }
    }

    private Line parse(String line) throws DataFormatException {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JsonProcessingException e) {
            throw new DataFormatException(name, lines.lineNumber(), "is not JSON: " + e.getOriginalMessage());
        }
        boolean asks = node.has("question");
        boolean ranks = node.has("query");
        JsonNode text = node.path(ranks ? "query" : asks ? "question" : "text");
        JsonNode pair = node.path(asks ? "context" : "pair");
        if (!text.isTextual() || !(pair.isTextual() || pair.isNull() || pair.isMissingNode())) {
            throw new DataFormatException(
                    name,
                    lines.lineNumber(),
                    "is not an object with a string \"text\" (and perhaps a string \"pair\"), or with a string"
                            + " \"question\" and a string \"context\", or with a string \"query\" and \"texts\"");
        }
        List<String> choices = new ArrayList<>();
        String list = ranks ? "texts" : "choices";
        for (JsonNode choice : node.path(list)) {
            if (!choice.isTextual()) {
                throw new DataFormatException(name, lines.lineNumber(), "has \"" + list + "\" that are no strings");
            }
            choices.add(choice.textValue());
        }
        return new Line(text.textValue(), pair.textValue(), List.copyOf(choices));
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
