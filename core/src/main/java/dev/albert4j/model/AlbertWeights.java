package dev.albert4j.model;

import dev.albert4j.model.AlbertParameters.Parameter;
import java.util.Map;
import java.util.TreeMap;

/** The values of all parameters of {@link AlbertParameters#of}. Immutable and thread-safe. */
public final class AlbertWeights {
    private final AlbertConfig config;
    private final Map<String, float[]> values;

    private AlbertWeights(AlbertConfig config, Map<String, float[]> values) {
        this.config = config;
        this.values = values;
    }

    /**
     * Takes the arrays over; the caller must not change them afterwards.
     *
     * @throws IllegalArgumentException listing every missing, unexpected and mis-sized name
     */
    public static AlbertWeights of(AlbertConfig config, Map<String, float[]> values) {
        Map<String, float[]> copy = new TreeMap<>(values);
        for (Parameter parameter : AlbertParameters.of(config)) {
            float[] array = copy.get(parameter.name());
            if (array == null || array.length != parameter.numElements()) {
                throw new IllegalArgumentException(parameter.name() + " is missing or has the wrong size");
            }
        }
        return new AlbertWeights(config, copy);
    }

    /** The configuration the shapes come from. */
    public AlbertConfig config() {
        return config;
    }

    /**
     * The values of a parameter, row-major. Read only: the array is shared.
     *
     * @throws IllegalArgumentException if the model has no such parameter
     */
    public float[] values(String name) {
        float[] array = values.get(name);
        if (array == null) {
            throw new IllegalArgumentException("the model has no parameter " + name);
        }
        return array;
    }
}
