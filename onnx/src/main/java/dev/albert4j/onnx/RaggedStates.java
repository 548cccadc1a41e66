package dev.albert4j.onnx;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The states of a batch without padding, filled from the outputs of its rectangles. */
final class RaggedStates {
    private final AlbertConfig config;
    private final float @Nullable [] embeddings; // [N, E]
    private final List<float[]> hiddenStates; // each [N, H]
    private final float @Nullable [] pooled; // [B, H]

    RaggedStates(AlbertConfig config, Batch batch, OutputStates states, boolean hasPooler) {
        this.config = config;
        int h = config.hiddenSize();
        int numStates = switch (states) {
            case POOLED -> 0;
            case LAST -> 1;
            case ALL -> 1 + config.numPasses();
        };
        embeddings = states == OutputStates.ALL ? array(batch.numTokens(), config.embeddingSize()) : null;
        hiddenStates = Stream.generate(() -> array(batch.numTokens(), h))
                .limit(numStates)
                .toList();
        pooled = hasPooler ? array(batch.numSequences(), h) : null;
    }

    private static float[] array(int rows, int columns) {
        return new float[Math.multiplyExact(rows, columns)];
    }

    /** @param outputs of the graph, by name */
    void add(Rectangle rectangle, Map<String, float[]> outputs) {
        int h = config.hiddenSize();
        if (embeddings != null) {
            rectangle.copyTokens(output(outputs, "embeddings"), 0, config.embeddingSize(), embeddings);
            rectangle.copyTokens(output(outputs, "hidden_state"), 0, h, hiddenStates.get(0));
            addLayers(rectangle, outputs);
        } else if (!hiddenStates.isEmpty()) {
            rectangle.copyTokens(output(outputs, "last_hidden_state"), 0, h, hiddenStates.get(0));
        }
        if (pooled != null) {
            rectangle.copySequences(output(outputs, "pooler_output"), h, pooled);
        }
    }

    /** An output of a group and an inner layer has a block for each pass through the group. */
    private void addLayers(Rectangle rectangle, Map<String, float[]> outputs) {
        for (int inner = 0; inner < config.innerGroupNum(); inner++) {
            int pass = 0;
            for (int layer = 0; layer < config.numHiddenLayers(); layer++, pass++) {
                int group = config.groupOf(layer);
                if (layer > 0 && config.groupOf(layer - 1) != group) {
                    pass = 0;
                }
                float[] states = output(outputs, "hidden_states." + group + "." + inner);
                float[] state = hiddenStates.get(1 + layer * config.innerGroupNum() + inner);
                rectangle.copyTokens(states, pass, config.hiddenSize(), state);
            }
        }
    }

    private static float[] output(Map<String, float[]> outputs, String name) {
        float[] values = outputs.get(name);
        if (values == null) {
            throw new IllegalArgumentException("the graph has no output " + name + ", but " + outputs.keySet());
        }
        return values;
    }

    EncoderOutput toOutput() {
        return new EncoderOutput(embeddings, hiddenStates, pooled);
    }
}
