package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;

/** Writes JSON objects, one a line, each line with its end. Does not close the stream. */
final class JsonLines {
    private final JsonGenerator json;

    JsonLines(OutputStream out) throws IOException {
        json = new JsonFactory()
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .createGenerator(new OutputStreamWriter(out, StandardCharsets.UTF_8))
                .setPrettyPrinter(new MinimalPrettyPrinter(""));
    }

    /** Begins a line's object, to be filled in. */
    JsonGenerator begin() throws IOException {
        json.writeStartObject();
        return json;
    }

    /** Ends the line. */
    void end() throws IOException {
        json.writeEndObject();
        json.writeRaw('\n');
    }

    /** Hands on what is written so far. */
    void flush() throws IOException {
        json.flush();
    }
}
