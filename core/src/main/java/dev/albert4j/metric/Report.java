package dev.albert4j.metric;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model did on labelled data, whatever its task. Do not change the JSON it holds.
 *
 * @param metrics the numbers that can choose between models, by name ({@code macro_f1}), in order of importance; higher is better
 *     unless {@link #isLowerBetter}
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

    /** Whether the lower of two numbers of a name is the better one: errors, losses and perplexities. */
    public static boolean isLowerBetter(String name) {
        return name.endsWith("error") || name.endsWith("loss") || name.endsWith("perplexity");
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
