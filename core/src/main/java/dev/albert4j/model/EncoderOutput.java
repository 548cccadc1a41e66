package dev.albert4j.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Encoder} computed for a {@link Batch}. Rows are tokens in the batch's order. The arrays are handed
 * over: they belong to the caller.
 */
public final class EncoderOutput {
    private final float @Nullable [] embeddings; // [N, E]
    private final List<float[]> hiddenStates; // each [N, H]
    private final float @Nullable [] poolerOutput; // [B, H]

    /**
     * @param embeddings the embeddings after LayerNorm [N, E], if they were asked for
     * @param hiddenStates states [N, H]: none, the last one, or all: first the one after the E→H map, then one for each
     *     inner layer of each layer
     * @param poolerOutput [B, H]; none if the model has no pooler
     */
    public EncoderOutput(float @Nullable [] embeddings, List<float[]> hiddenStates, float @Nullable [] poolerOutput) {
        this.embeddings = embeddings;
        this.hiddenStates = List.copyOf(hiddenStates);
        this.poolerOutput = poolerOutput;
    }

    /** [N, E]. */
    public float[] embeddings() {
        return required(embeddings, "embeddings");
    }

    /** Each [N, H]; all of them, the last one, or none, as asked. */
    public List<float[]> hiddenStates() {
        return hiddenStates;
    }

    /** [N, H]. */
    public float[] lastHiddenState() {
        return required(hiddenStates.isEmpty() ? null : hiddenStates.get(hiddenStates.size() - 1), "lastHiddenState");
    }

    /** [B, H]. */
    public float[] poolerOutput() {
        return required(poolerOutput, "poolerOutput");
    }

    /** Whether the model has a pooler. */
    public boolean hasPoolerOutput() {
        return poolerOutput != null;
    }

    private static float[] required(float @Nullable [] values, String name) {
        if (values == null) {
            throw new IllegalStateException(name + " was not computed: it was not asked for, or the model has none");
        }
        return values;
    }
}
