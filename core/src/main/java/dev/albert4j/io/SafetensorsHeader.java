package dev.albert4j.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, parsed as a stream and checked as the reference implementation does
 * (safetensors/src/tensor.rs, {@code Metadata::validate}): regions follow each other without gap or overlap, each as long as
 * its type and shape say, and end where the file ends.
 */
final class SafetensorsHeader {
    /** The reference's limit. */
    static final int MAX_BYTES = 100_000_000;

    private static final int MAX_METADATA_CHARS = 1 << 24;
    private static final int METADATA_ENTRY_CHARS = 100; // what an entry costs beside its text
    private static final int MAX_TENSORS = 100_000;
    private static final int MAX_DIMENSIONS = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(MAX_METADATA_CHARS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** A tensor and where its bytes lie, counted from the end of the header. */
    record Entry(TensorInfo info, long begin, long end) {}

    private final Path file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(Path file) {
        this.file = file;
    }

    Map<String, Entry> entries() {
        return entries;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /**
     * @param in the header's bytes and no more
     * @param dataBytes how many bytes follow the header in the file
     */
    static SafetensorsHeader read(Path file, InputStream in, long dataBytes) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(file);
        Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = JSON.createParser(reader)) {
            header.parse(parser);
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file, "the header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file, "the header is not valid JSON: " + JsonFile.oneLine(e), e);
        }
        header.checkRegions(dataBytes);
        return header;
    }

    private void parse(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw problem("the header is not a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw problem("the header's entry " + quote(name) + " is not an object");
            }
            if (name.equals("__metadata__")) {
                parseMetadata(parser);
            } else {
                entries.put(name, parseTensor(parser, name));
            }
            if (entries.size() > MAX_TENSORS) {
                throw problem("the header has more than " + MAX_TENSORS + " tensors");
            }
        }
        if (parser.nextToken() != null) {
            throw problem("the header goes on after its JSON object");
        }
    }

    private void parseMetadata(JsonParser parser) throws IOException {
        long chars = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw problem("__metadata__ " + quote(key) + " is not a string");
            }
            chars += key.length() + parser.getTextLength() + METADATA_ENTRY_CHARS;
            if (chars > MAX_METADATA_CHARS) {
                throw problem("__metadata__ is longer than " + MAX_METADATA_CHARS + " characters");
            }
            metadata.put(key, parser.getText());
        }
    }

    private Entry parseTensor(JsonParser parser, String name) throws IOException {
        DataType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "dtype" -> type = parseType(parser, name);
                case "shape" -> shape = parseNumbers(parser, name, key);
                case "data_offsets" -> offsets = parseNumbers(parser, name, key);
                default -> throw problem("tensor " + quote(name) + " has the unknown field " + quote(key));
            }
        }
        return entry(name, type, shape, offsets);
    }

    private Entry entry(String name, @Nullable DataType type, @Nullable List<Long> shape, @Nullable List<Long> offsets)
            throws ModelFormatException {
        if (type == null || shape == null || offsets == null) {
            throw problem("tensor " + quote(name) + " lacks one of dtype, shape, data_offsets");
        }
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw problem("tensor " + quote(name) + " has data_offsets " + offsets + ", not a begin and an end");
        }
        TensorInfo info = new TensorInfo(type, shape);
        long bytes;
        try {
            bytes = Math.multiplyExact(info.numElements(), type.numBytes());
        } catch (ArithmeticException e) {
            throw new ModelFormatException(file, "tensor " + quote(name) + " of shape " + shape + " is too large", e);
        }
        if (offsets.get(1) - offsets.get(0) != bytes) {
            throw problem("tensor " + quote(name) + " of type " + type + " and shape " + shape + " needs " + bytes
                    + " bytes, its data_offsets " + offsets + " hold " + (offsets.get(1) - offsets.get(0)));
        }
        return new Entry(info, offsets.get(0), offsets.get(1));
    }

    private DataType parseType(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            for (DataType type : DataType.values()) {
                if (type.name().equals(parser.getText())) {
                    return type;
                }
            }
        }
        String found = parser.currentToken().isScalarValue() ? quote(parser.getText()) : "no name";
        throw problem("tensor " + quote(name) + " has dtype " + found + ", allowed are " + List.of(DataType.values()));
    }

    private List<Long> parseNumbers(JsonParser parser, String name, String key) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw problem("tensor " + quote(name) + ": " + key + " is not an array");
        }
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean isLong = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!isLong || parser.getLongValue() < 0) {
                throw problem("tensor " + quote(name) + ": " + key + " holds something that is not a number from 0 to "
                        + Long.MAX_VALUE);
            }
            if (numbers.size() == MAX_DIMENSIONS) {
                throw problem("tensor " + quote(name) + ": " + key + " has more than " + MAX_DIMENSIONS + " numbers");
            }
            numbers.add(parser.getLongValue());
        }
        return numbers;
    }

    private void checkRegions(long dataBytes) throws ModelFormatException {
        List<Map.Entry<String, Entry>> order = new ArrayList<>(entries.entrySet());
        order.sort(Comparator.<Map.Entry<String, Entry>>comparingLong(
                        tensor -> tensor.getValue().begin())
                .thenComparingLong(tensor -> tensor.getValue().end()));
        long end = 0;
        for (Map.Entry<String, Entry> tensor : order) {
            long begin = tensor.getValue().begin();
            if (begin != end) {
                throw problem("tensor " + quote(tensor.getKey()) + " begins at " + begin
                        + ", the data before it ends at " + end + ": tensors may neither overlap nor leave gaps");
            }
            end = tensor.getValue().end();
        }
        if (end != dataBytes) {
            throw problem("the header describes " + end + " bytes of data, the file holds " + dataBytes
                    + (end > dataBytes ? ": it is truncated" : ""));
        }
    }

    private ModelFormatException problem(String text) {
        return new ModelFormatException(file, text);
    }

    /** A name from a file, made fit for a one-line message. */
    static String quote(String name) {
        String start = name.length() > 200 ? name.substring(0, 200) + "…" : name;
        return '"' + start.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
