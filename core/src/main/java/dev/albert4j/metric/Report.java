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
 *     unless the name ends in {@code error}
 * @param text the table a person reads, lines ended by line breaks
 * @param json the same for programs
 */
public record Report(Map<String, Double> metrics, String text, JsonNode json) {
    /** @throws IllegalArgumentException if there is no number */
    public Report {
        if (metrics.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one number");
        }
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
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
}
