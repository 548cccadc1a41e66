package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFileTest {
    @TempDir
    Path directory;

    @Test
    void anObjectIsWrittenWithIndentationAndReadAgain() throws IOException {
        Path file = directory.resolve("x.json");
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("größe", 1);
        json.putArray("list").add("a").add(1e-12);
        JsonFile.write(file, json);
        assertThat(file).hasContent("{\n  \"größe\": 1,\n  \"list\": [\n    \"a\",\n    1.0E-12\n  ]\n}\n");
        assertThat(JsonFile.read(file)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "{}x", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "{'a':1}", "\ufeff{}"})
    void anythingElseIsRefused(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("x.json"), text);
        assertThatThrownBy(() -> JsonFile.read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": is not ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void deepNestingAndBadUtf8AreRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("x.json"), "{\"a\":" + "[".repeat(100_000));
        assertThatThrownBy(() -> JsonFile.read(file)).isInstanceOf(ModelFormatException.class);
        Files.write(file, new byte[] {'{', '"', (byte) 0xc0, '"', ':', '1', '}'});
        assertThatThrownBy(() -> JsonFile.read(file)).hasMessageContaining("is not UTF-8");
    }
}
