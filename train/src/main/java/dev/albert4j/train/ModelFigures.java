package dev.albert4j.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How large, fast and good a model is. Immutable.
 *
 * @param parameters number of values
 * @param bytes of its stored weights
 * @param latencyMillis of one text
 * @param tokensPerSecond of many
 * @param metrics of its task on labelled data, by name, the most important first; empty where there were no data
 */
public record ModelFigures(
        long parameters, long bytes, double latencyMillis, double tokensPerSecond, Map<String, Double> metrics) {
    public ModelFigures {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
}
