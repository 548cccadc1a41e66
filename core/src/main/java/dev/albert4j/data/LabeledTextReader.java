package dev.albert4j.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads labelled text by a file's extension, {@code .gz} unpacked: {@code .csv} (RFC 4180: quotes, line breaks in
 * fields), {@code .tsv} (no quoting), {@code .jsonl}. UTF-8 only. Reads a whole file into memory.
 */
public final class LabeledTextReader {
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    private static final CSVFormat TSV = CSVFormat.newFormat('\t')
            .builder()
            .setIgnoreEmptyLines(true)
            .setRecordSeparator('\n')
            .get();

    private static final double PROBABILITY_TOLERANCE = 1e-3; // rounded to three places

    private final Path file;
    private final Columns columns;
    private final Labels labels;
    private final ExampleList<LabeledText> rows;

    /** How many labels a text has. */
    public enum Labels {
        /** One; in JSON also an object of the probability of each label, {@code {"good":0.7,"bad":0.3}}, which add up to 1. */
        ONE,
        /** Any number: between them {@code |}, or in JSON also an array. */
        ANY_NUMBER,
        /** One or none, where it is an empty string; also without a column of labels, and in a {@code .txt} file, a text a line. */
        OPTIONAL
    }

    private LabeledTextReader(Path file, Columns columns, Labels labels, boolean skipBad) {
        this.rows = new ExampleList<>(file, skipBad);
        this.labels = labels;
        this.file = file;
        this.columns = columns;
    }

    /**
     * Reads all examples of a file, in order.
     *
     * @throws DataFormatException naming the line at fault, or if the file holds no example
     * @throws IllegalArgumentException if the extension is not one of those above
     */
    public static List<LabeledText> read(Path file, Columns columns) throws IOException {
        return read(file, columns, Labels.ONE, false).examples();
    }

    /**
     * Reads all examples of a file, in order.
     *
     * @param labels how many labels a text has
     * @param skipBad whether examples with something wrong are counted and left out instead of refused
     * @throws DataFormatException naming the line at fault, or if the file holds no good example
     * @throws IllegalArgumentException if the extension is not one of those above
     */
    public static Examples<LabeledText> read(Path file, Columns columns, Labels labels, boolean skipBad)
            throws IOException {
        return new LabeledTextReader(file, columns, labels, skipBad).read();
    }

    private Examples<LabeledText> read() throws IOException {
        String name = TextInput.plainName(file);
        try {
            if (name.endsWith(".csv")) {
                readTable(CSV);
            } else if (name.endsWith(".tsv")) {
                readTable(TSV);
            } else if (name.endsWith(".jsonl")) {
                readJsonLines();
            } else if (labels == Labels.OPTIONAL && name.endsWith(".txt")) {
                readTexts();
            } else {
                throw new IllegalArgumentException(file + ": unknown kind of data file; allowed are .csv, .tsv, .jsonl"
                        + (labels == Labels.OPTIONAL ? ", .txt" : "") + ", each also with .gz");
            }
        } catch (ZipException | EOFException e) {
            throw TextInput.damaged(file, e);
        }
        return rows.result();
    }

    private void readTable(CSVFormat format) throws IOException {
        long line = 1; // where the record begins
        try (TextInput.BoundedReader in = TextInput.open(file);
                CSVParser parser =
                        CSVParser.builder().setReader(in).setFormat(format).get()) {
            Iterator<CSVRecord> records = parser.iterator();
            List<String> header = columns.header();
            if (header == null) {
                if (!records.hasNext()) {
                    return;
                }
                header = records.next().toList();
            }
            int text = required(header, columns.text());
            int label = labels == Labels.OPTIONAL ? header.indexOf(columns.label()) : required(header, columns.label());
            int pair = header.indexOf(columns.pair());
            while (true) {
                line = parser.getCurrentLineNumber() + 1;
                if (!records.hasNext()) {
                    return;
                }
                CSVRecord row = records.next();
                in.recordEnded();
                if (row.size() != header.size()) {
                    rows.refuse(line, "has " + row.size() + " fields; the columns are " + header);
                } else {
                    add(row.get(text), pair < 0 ? null : row.get(pair), label < 0 ? "" : row.get(label), line);
                }
            }
        } catch (UncheckedIOException e) {
            IOException cause = Objects.requireNonNull(e.getCause(), "cause");
            throw cause instanceof CSVException
                    ? new DataFormatException(file, line, quoting(String.valueOf(cause.getMessage())))
                    : cause;
        }
    }

    private void readTexts() throws IOException {
        try (LineReader lines = LineReader.open(file)) {
            for (String text = lines.next(); text != null; text = lines.next()) {
                if (!text.isBlank()) {
                    add(text, null, "", lines.lineNumber());
                }
            }
        }
    }

    private void add(String text, @Nullable String pair, String label, long line) throws DataFormatException {
        if (label.isBlank() && labels == Labels.ONE) {
            rows.refuse(line, "has an empty label");
        } else if (labels == Labels.OPTIONAL && (text.isBlank() || pair != null && pair.isBlank())) {
            rows.refuse(line, "has an empty text");
        } else {
            rows.add(new LabeledText(text, pair, label, line));
        }
    }

    /** In plain words what the parser found wrong with a record: only quotes can be. */
    private static String quoting(String problem) {
        return problem.contains("EOF reached")
                ? "a quote is opened in this record and never closed"
                : "text follows a closing quote; a quote inside a quoted field is written twice (\"\")";
    }

    private int required(List<String> header, String name) throws DataFormatException {
        int index = header.indexOf(name);
        if (index < 0 || header.lastIndexOf(name) != index) {
            throw new DataFormatException(
                    file,
                    1,
                    "needs one column \"" + name + "\" but has " + abbreviate(header.toString())
                            + "; name others with --columns");
        }
        return index;
    }

    private void readJsonLines() throws IOException {
        try (LineReader lines = LineReader.open(file)) {
            for (String text = lines.next(); text != null; text = lines.next()) {
                if (!text.isBlank()) {
                    try {
                        parse(text, lines.lineNumber());
                    } catch (BadExampleException e) {
                        rows.refuse(e.line(), e.problem());
                    }
                }
            }
        }
    }

    private void parse(String text, long line) throws DataFormatException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new BadExampleException(line, "is not JSON: " + e.getOriginalMessage());
        }
        if (!node.isObject()) {
            throw new BadExampleException(line, "is not a JSON object");
        }
        String first = field(node, columns.text(), line);
        String pair = optionalField(node, columns.pair(), line);
        JsonNode label = node.get(columns.label());
        if (labels == Labels.ONE && label != null && label.isObject()) {
            rows.add(new LabeledText(first, pair, probabilities(label, line), line));
        } else {
            add(first, pair, label(node, line), line);
        }
    }

    private Map<String, Float> probabilities(JsonNode object, long line) {
        Map<String, Float> probabilities = new LinkedHashMap<>();
        double sum = 0;
        for (Map.Entry<String, JsonNode> label : object.properties()) {
            double probability = label.getValue().isNumber() ? label.getValue().asDouble() : Double.NaN;
            if (label.getKey().isBlank() || !(probability >= 0 && probability <= 1)) {
                throw new BadExampleException(
                        line,
                        "field \"" + columns.label() + "\" holds \"" + abbreviate(label.getKey()) + "\": "
                                + abbreviate(label.getValue().toString())
                                + "; a label's name and a probability from 0 to 1 are needed");
            }
            probabilities.put(label.getKey(), (float) probability);
            sum += probability;
        }
        if (!(Math.abs(sum - 1) <= PROBABILITY_TOLERANCE)) {
            throw new BadExampleException(
                    line, "field \"" + columns.label() + "\" holds probabilities that add up to " + sum + ", not 1");
        }
        return probabilities;
    }

    private String label(JsonNode node, long line) {
        return switch (labels) {
            case ONE -> field(node, columns.label(), line);
            case ANY_NUMBER -> labels(node, line);
            case OPTIONAL -> Objects.requireNonNullElse(optionalField(node, columns.label(), line), "");
        };
    }

    private String labels(JsonNode node, long line) {
        JsonNode array = node.get(columns.label());
        if (array == null || !array.isArray()) {
            return field(node, columns.label(), line);
        }
        List<String> names = new ArrayList<>();
        for (JsonNode label : array) {
            if (!label.isValueNode()) {
                throw new BadExampleException(
                        line, "field \"" + columns.label() + "\" holds what is not a string or a number");
            }
            names.add(label.asText());
        }
        return String.join("|", names);
    }

    private String field(JsonNode node, String name, long line) {
        String value = optionalField(node, name, line);
        if (value == null) {
            throw new BadExampleException(
                    line,
                    "has no field \"" + name + "\"; its fields are "
                            + abbreviate(node.properties().stream()
                                    .map(p -> p.getKey())
                                    .toList()
                                    .toString()));
        }
        return value;
    }

    private @Nullable String optionalField(JsonNode node, String name, long line) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isValueNode()) {
            throw new BadExampleException(line, "field \"" + name + "\" is not a string or a number");
        }
        return value.asText();
    }

    private static String abbreviate(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
