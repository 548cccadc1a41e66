package dev.albert4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from: {@code provenance.json} of a model directory. Immutable.
 *
 * @param created when
 * @param version of albert4j
 * @param command the verb and its arguments
 * @param config the run's configuration
 * @param data the files it was made from
 * @param seed of its random numbers, if any
 * @param parent the model it started from, if any
 * @param metrics what it reached
 * @param environment the JVM and the machine: {@code java}, {@code os}, {@code processors}
 * @param others fields of the file that are none of these, kept as they are
 */
public record Provenance(
        Instant created,
        String version,
        List<String> command,
        Map<String, JsonNode> config,
        List<DataFile> data,
        @Nullable Long seed,
        @Nullable String parent,
        Map<String, JsonNode> metrics,
        Map<String, String> environment,
        Map<String, JsonNode> others) {

    public Provenance {
        command = List.copyOf(command);
        config = ordered(config);
        data = List.copyOf(data);
        metrics = ordered(metrics);
        environment = ordered(environment);
        others = ordered(others);
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /**
     * A file as it was.
     *
     * @param name its name, without directories
     * @param sha256 of its bytes, in hexadecimal
     * @param numBytes its length
     */
    public record DataFile(String name, String sha256, long numBytes) {
        /** Reads a file through. */
        public static DataFile of(Path file) throws IOException {
            MessageDigest digest;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JVM has SHA-256", e);
            }
            long numBytes = 0;
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[1 << 16];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                    numBytes += read;
                }
            }
            return new DataFile(
                    Objects.toString(file.getFileName(), ""), HexFormat.of().formatHex(digest.digest()), numBytes);
        }
    }

    /** Of a command that runs now, on this JVM. */
    public static Provenance now(List<String> command) {
        String version = Provenance.class.getPackage().getImplementationVersion();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        Instant created = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String built = version == null ? "development" : version;
        return new Provenance(
                created, built, command, Map.of(), List.of(), null, null, Map.of(), environment, Map.of());
    }

    public Provenance withConfig(Map<String, JsonNode> value) {
        return new Provenance(created, version, command, value, data, seed, parent, metrics, environment, others);
    }

    public Provenance withData(List<DataFile> value) {
        return new Provenance(created, version, command, config, value, seed, parent, metrics, environment, others);
    }

    public Provenance withSeed(long value) {
        return new Provenance(created, version, command, config, data, value, parent, metrics, environment, others);
    }

    public Provenance withParent(String value) {
        return new Provenance(created, version, command, config, data, seed, value, metrics, environment, others);
    }

    public Provenance withMetrics(Map<String, JsonNode> value) {
        return new Provenance(created, version, command, config, data, seed, parent, value, environment, others);
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("created", created.toString()).put("albert4j", version);
        command.forEach(json.putArray("command")::add);
        json.putObject("config").setAll(config);
        ArrayNode files = json.putArray("data");
        for (DataFile one : data) {
            files.addObject()
                    .put("name", one.name())
                    .put("sha256", one.sha256())
                    .put("bytes", one.numBytes());
        }
        json.put("seed", seed).put("parent", parent);
        json.putObject("metrics").setAll(metrics);
        ObjectNode machine = json.putObject("environment");
        environment.forEach(machine::put);
        others.forEach(json::putIfAbsent);
        JsonFile.write(file, json);
    }

    /**
     * Reads the file; all but {@code created} may be missing.
     *
     * @throws ModelFormatException if a field has the wrong type
     */
    public static Provenance read(Path file) throws IOException {
        ObjectNode json = JsonFile.read(file);
        try {
            JsonNode seed = json.path("seed");
            JsonNode parent = json.path("parent");
            Provenance provenance = new Provenance(
                    Instant.parse(json.path("created").asText()),
                    json.path("albert4j").asText(),
                    texts(json.path("command")),
                    fields(json.path("config")),
                    dataFiles(json.path("data")),
                    seed.isIntegralNumber() ? seed.asLong() : null,
                    parent.isTextual() ? parent.asText() : null,
                    fields(json.path("metrics")),
                    strings(json.path("environment")),
                    Map.of());
            List<String> known = List.of(
                    "created", "albert4j", "command", "config", "data", "seed", "parent", "metrics", "environment");
            return provenance.withOthers(fields(json.deepCopy().without(known)));
        } catch (DateTimeException e) {
            throw new ModelFormatException(file, "created is " + json.path("created") + ", not an ISO-8601 instant", e);
        }
    }

    public Provenance withOthers(Map<String, JsonNode> value) {
        return new Provenance(created, version, command, config, data, seed, parent, metrics, environment, value);
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static Map<String, JsonNode> fields(JsonNode node) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    private static Map<String, String> strings(JsonNode node) {
        Map<String, String> strings = new LinkedHashMap<>();
        node.properties()
                .forEach(field -> strings.put(field.getKey(), field.getValue().asText()));
        return strings;
    }

    private static List<DataFile> dataFiles(JsonNode node) {
        List<DataFile> files = new ArrayList<>();
        for (JsonNode one : node) {
            files.add(new DataFile(
                    one.path("name").asText(),
                    one.path("sha256").asText(),
                    one.path("bytes").asLong()));
        }
        return files;
    }
}
