package dev.albert4j.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Small JSON files, read strictly: UTF-8, one object or array, no key twice, nothing after it. */
public final class JsonFile {
    /** The largest file read: 16 MiB. */
    public static final int MAX_BYTES = 16 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonFile() {}

    /**
     * Reads a file that holds one object.
     *
     * @throws NoSuchFileException if there is no such file
     * @throws ModelFormatException if it is not what the class says
     */
    public static ObjectNode read(Path file) throws IOException {
        return parse(file, bytes(file));
    }

    /**
     * Reads a file that holds one array.
     *
     * @throws NoSuchFileException if there is no such file
     * @throws ModelFormatException if it is not what the class says, but for the array in the object's place
     */
    public static ArrayNode readArray(Path file) throws IOException {
        if (tree(file, bytes(file)) instanceof ArrayNode array) {
            return array;
        }
        throw new ModelFormatException(file, "is not a JSON array");
    }

    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new ModelFormatException(file, size + " bytes of JSON, at most " + MAX_BYTES + " are read");
        }
        return Files.readAllBytes(file);
    }

    /** Parses bytes of a file; the file is for messages. */
    static ObjectNode parse(Path file, byte[] bytes) throws ModelFormatException {
        if (tree(file, bytes) instanceof ObjectNode object) {
            return object;
        }
        throw new ModelFormatException(file, "is not a JSON object");
    }

    private static JsonNode tree(Path file, byte[] bytes) throws ModelFormatException {
        try {
            return MAPPER.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file, "is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file, "is not valid JSON: " + oneLine(e), e);
        }
    }

    /** What Jackson complains of and where, in one line. */
    static String oneLine(JsonProcessingException e) {
        String message = e.getOriginalMessage().replaceAll("\\s+", " ");
        return e.getLocation() == null
                ? message
                : message + " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    /** Writes a file with two blanks of indentation and a line feed at its end, whole or not at all. */
    public static void write(Path file, JsonNode node) throws IOException {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        Separators separators =
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        ObjectWriter writer = MAPPER.writer(
                new DefaultPrettyPrinter(separators).withObjectIndenter(lines).withArrayIndenter(lines));
        byte[] bytes = (writer.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
        WholeFile.write(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
    }

    /** Writes what remains of a buffer. */
    static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
