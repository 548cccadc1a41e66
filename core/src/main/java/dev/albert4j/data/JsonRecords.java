package dev.albert4j.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Walks through a large JSON file and reads its records one by one, {@code .gz} unpacked. Used by one thread. */
final class JsonRecords {
    /** Reads JSON strictly: no key twice, no deep nesting. */
    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final Path file;
    private final TextInput.BoundedReader in;
    private final JsonParser parser;

    /** What to do with the walker when it stands on a value. */
    interface Action {
        void run(JsonRecords records) throws IOException;
    }

    private JsonRecords(Path file, TextInput.BoundedReader in, JsonParser parser) {
        this.file = file;
        this.in = in;
        this.parser = parser;
    }

    /** Walks through a file that holds one value, on which the action starts. */
    static void read(Path file, Action action) throws IOException {
        try (TextInput.BoundedReader in = TextInput.open(file);
                JsonParser parser = JSON.createParser(in)) {
            parser.nextToken();
            JsonRecords records = new JsonRecords(file, in, parser);
            action.run(records);
            if (parser.nextToken() != null) {
                throw records.wrong("has something after its JSON value");
            }
        } catch (ZipException | EOFException e) {
            throw TextInput.damaged(file, e);
        } catch (JsonProcessingException e) {
            JsonLocation location = e.getLocation();
            throw new DataFormatException(
                    file,
                    location == null ? 0 : location.getLineNr(),
                    "is not JSON: "
                            + e.getOriginalMessage().replaceAll("\\s+", " ").replaceAll(" \\(start marker at .*", ""));
        }
    }

    /** Stands on an array, and runs the action on each of its values. */
    void eachValue(String name, Action action) throws IOException {
        expect(JsonToken.START_ARRAY, name + " is not an array");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            action.run(this);
        }
    }

    /** Stands on an object, and runs the action on the value of one of its fields, if it is there; the rest is passed over. */
    void field(String object, String name, Action action) throws IOException {
        expect(JsonToken.START_OBJECT, object + " is not an object");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean found = name.equals(parser.currentName());
            parser.nextToken();
            if (found) {
                action.run(this);
            } else {
                parser.skipChildren();
            }
        }
    }

    /** The value the walker stands on, as a whole. */
    JsonNode value() throws IOException {
        JsonNode node = JSON.readTree(parser);
        in.recordEnded();
        return node;
    }

    private void expect(JsonToken token, String problem) throws IOException {
        if (parser.currentToken() != token) {
            throw wrong(problem);
        }
    }

    private DataFormatException wrong(String problem) {
        return new DataFormatException(file, parser.currentLocation().getLineNr(), problem);
    }

    /** A string of an object, or null if there is none of that name. */
    static @Nullable String string(JsonNode object, String name) {
        JsonNode value = object.get(name);
        return value == null || !value.isTextual() ? null : value.textValue();
    }
}
