package dev.albert4j.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads queries with ranked texts: {@code .jsonl}, also with {@code .gz}, objects {@code {"query", "texts": […], "labels": […]}}. The
 * labels are 0, 1, or grades.
 */
public final class RankedQueryReader {
    private RankedQueryReader() {}

    /**
     * Reads all queries of a file, in order.
     *
     * @param skipBad whether queries with something wrong are counted and left out instead of refused
     * @throws DataFormatException naming the line and what is wrong with it; with {@code skipBad} only if the file as a whole cannot be
     *     read or holds no good query
     * @throws IllegalArgumentException if the extension is not the one above
     */
    public static Examples<RankedQuery> read(Path file, boolean skipBad) throws IOException {
        if (!TextInput.plainName(file).endsWith(".jsonl")) {
            throw new IllegalArgumentException(
                    file + ": unknown kind of file of queries; allowed is .jsonl, also with .gz");
        }
        ExampleList<RankedQuery> queries = new ExampleList<>(file, skipBad);
        try (LineReader lines = LineReader.open(file)) {
            for (String text = lines.next(); text != null; text = lines.next()) {
                if (!text.isBlank()) {
                    try {
                        queries.add(query(JsonRecords.JSON.readTree(text), lines.lineNumber()));
                    } catch (JsonProcessingException e) {
                        queries.refuse(
                                lines.lineNumber(),
                                "is not JSON: " + e.getOriginalMessage().replaceAll("\\s+", " "));
                    } catch (IllegalArgumentException e) {
                        queries.refuse(lines.lineNumber(), String.valueOf(e.getMessage()));
                    }
                }
            }
        }
        return queries.result();
    }

    private static RankedQuery query(JsonNode node, long line) {
        String query = JsonRecords.string(node, "query");
        if (query == null) {
            throw new IllegalArgumentException("has no text \"query\"");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : array(node, "texts")) {
            if (!text.isTextual()) {
                throw new IllegalArgumentException("text " + texts.size() + " is not a string");
            }
            texts.add(text.textValue());
        }
        List<Double> labels = new ArrayList<>();
        for (JsonNode label : array(node, "labels")) {
            if (!label.isNumber()) {
                throw new IllegalArgumentException("label " + labels.size() + " is not a number");
            }
            labels.add(label.doubleValue());
        }
        return new RankedQuery(query, texts, labels, line);
    }

    private static JsonNode array(JsonNode node, String name) {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException("has no array \"" + name + "\"");
        }
        return array;
    }
}
