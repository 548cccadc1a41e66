package dev.albert4j.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How a model did on labelled data, whatever its task. Do not change the JSON it holds.
 *
 * @param metrics the numbers that can choose between models, by name ({@code macro_f1}), in order of importance; higher is better
 *     unless {@link #isLowerBetter}
 * @param text the table a person reads, lines ended by line breaks
 * @param json the same for programs, an object
 */
public record Report(Map<String, Double> metrics, String text, JsonNode json) {
    private static final String CHOSEN = "chosen";

    /** @throws IllegalArgumentException if there is no number */
    public Report {
        if (metrics.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one number");
        }
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** Whether the lower of two numbers of a name is the better one: errors, losses and perplexities. */
    public static boolean isLowerBetter(String name) {
        return name.endsWith("error") || name.endsWith("loss") || name.endsWith("perplexity");
    }

    /**
     * A report of numbers alone.
     *
     * @param support how many examples they are of
     */
    static Report of(Map<String, Double> metrics, int support) {
        int width = metrics.keySet().stream().mapToInt(String::length).max().orElse(0);
        String name = "%" + Math.max(width, "support".length()) + "s";
        ObjectNode json = new ObjectMapper().createObjectNode();
        StringBuilder text = new StringBuilder();
        metrics.forEach((key, value) -> {
            json.put(key, value);
            text.append(String.format(Locale.ROOT, name + "  %10.4f%n", key.replace('_', ' '), value));
        });
        json.put("support", support);
        text.append(String.format(Locale.ROOT, name + "  %10d%n", "support", support));
        return new Report(metrics, text.toString(), json);
    }

    /**
     * One of the numbers.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public double metric(String name) {
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException("metric " + name + " is none of the task's " + metrics.keySet());
        }
        return value;
    }

    /** The same, and how well the probabilities fit: one number more, {@code expected_calibration_error}, and the bins in the JSON. */
    public Report with(Calibration calibration) {
        double error = calibration.expectedError();
        Map<String, Double> more = new LinkedHashMap<>(metrics);
        more.put(Calibration.ERROR, error);
        ObjectNode object = json.deepCopy();
        object.put(Calibration.ERROR, error).set("calibration", calibration.toJson());
        String line = String.format(Locale.ROOT, "%n%s %.4f%n", Calibration.ERROR.replace('_', ' '), error);
        return new Report(more, text + line, object);
    }

    /** The same, and the worst errors with their texts, in the JSON alone. */
    public Report with(Mistakes mistakes) {
        ObjectNode object = json.deepCopy();
        object.set("worst_errors", mistakes.toJson());
        return new Report(metrics, text, object);
    }

    /** The same, and a number that says something else than how good the model is. */
    public Report withFigure(String name, double value) {
        ObjectNode object = json.deepCopy();
        object.put(name, value);
        String line = String.format(Locale.ROOT, "%s %.4f%n", name.replace('_', ' '), value);
        return new Report(metrics, text + line, object);
    }

    /**
     * The same, and a field of the model's configuration that these data chose.
     *
     * @param field its name, as {@code label_thresholds}
     * @param value its value
     * @param line what a reader is told of it
     */
    public Report withChosen(String field, JsonNode value, String line) {
        ObjectNode object = json.deepCopy();
        object.withObjectProperty(CHOSEN).set(field, value);
        return new Report(metrics, text + line + System.lineSeparator(), object);
    }

    /** Fields of the model's configuration that these data chose, by name; mostly none. */
    public Map<String, JsonNode> chosen() {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        json.path(CHOSEN).properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }
}
