package dev.albert4j.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the two forms of JSON lines that {@link TaggedTextReader} names. */
final class TaggedJsonLines {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String text;
    private final List<Span> spans = new ArrayList<>();

    private TaggedJsonLines(String text) {
        this.text = text;
    }

    static void read(Path file, TaggedTexts texts) throws IOException {
        try (LineReader lines = LineReader.open(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    texts.add(parse(line, lines.lineNumber()));
                } catch (JsonProcessingException e) {
                    texts.refuse(
                            lines.lineNumber(),
                            "is not JSON: " + e.getOriginalMessage().replaceAll("\\s+", " "));
                } catch (IllegalArgumentException e) {
                    texts.refuse(lines.lineNumber(), String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private static TaggedText parse(String line, long number) throws JsonProcessingException {
        JsonNode node = JSON.readTree(line);
        require(node.isObject(), "is not a JSON object");
        JsonNode text = node.get("text");
        require(text != null && text.isTextual(), "has no text: the field \"text\" must be a string");
        require(node.has("spans") != node.has("label"), "needs either \"spans\" or \"label\"");
        TaggedJsonLines reader = new TaggedJsonLines(node.get("text").textValue());
        if (node.has("spans")) {
            reader.spans(node.get("spans"));
        } else {
            reader.label(node.get("label"));
        }
        return new TaggedText(reader.text, reader.spans, number);
    }

    private void spans(JsonNode list) {
        require(list.isArray(), "field \"spans\" is not a list");
        for (JsonNode span : list) {
            JsonNode type = span.get("type");
            require(type != null && type.isTextual(), "a span has no \"type\": " + abbreviate(span));
            spans.add(new Span(
                    span.get("type").textValue(), index(span.get("begin"), span), index(span.get("end"), span)));
        }
    }

    private void label(JsonNode types) {
        require(types.isObject(), "field \"label\" is not an object of types");
        for (Map.Entry<String, JsonNode> type : types.properties()) {
            require(type.getValue().isObject(), "type " + type.getKey() + " is not an object of mentions");
            for (Map.Entry<String, JsonNode> mention : type.getValue().properties()) {
                require(mention.getValue().isArray(), "mention " + mention.getKey() + " has no list of places");
                for (JsonNode place : mention.getValue()) {
                    require(place.isArray() && place.size() == 2, "a place is not [first, last]: " + abbreviate(place));
                    mention(type.getKey(), mention.getKey(), index(place.get(0), place), index(place.get(1), place));
                }
            }
        }
    }

    /** @param first the first code point, and {@code last} the last */
    private void mention(String type, String mention, int first, int last) {
        int size = text.codePointCount(0, text.length());
        require(
                first >= 0 && first <= last && last < size,
                type + " " + TaggedTexts.abbreviate(mention) + " from " + first + " to " + last
                        + " is outside the text of " + size + " characters");
        int begin = text.offsetByCodePoints(0, first);
        int end = text.offsetByCodePoints(begin, last + 1 - first);
        require(
                text.substring(begin, end).equals(mention),
                type + " " + TaggedTexts.abbreviate(mention) + " is not what stands from " + first + " to " + last
                        + ": " + TaggedTexts.abbreviate(text.substring(begin, end)));
        spans.add(new Span(type, begin, end));
    }

    private static int index(@Nullable JsonNode value, JsonNode around) {
        if (value == null || !value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new IllegalArgumentException("a place is not two whole numbers: " + abbreviate(around));
        }
        return value.intValue();
    }

    private static String abbreviate(JsonNode node) {
        return TaggedTexts.abbreviate(node.toString());
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalArgumentException(problem);
        }
    }
}
