package dev.albert4j.cli;

import dev.albert4j.io.DataType;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the states of many sequences into one file. Each sequence is run when its first tensor is to be written, so that
 * only one sequence's states are in memory.
 */
final class StatesWriter {
    private final Encoder encoder;
    private final boolean allLayers;
    private final List<Batch> sequences = new ArrayList<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private int current = -1;
    private @Nullable EncoderOutput states;

    StatesWriter(Encoder encoder, boolean allLayers) {
        this.encoder = encoder;
        this.allLayers = allLayers;
    }

    /** Adds a sequence; its number is how many were added before. */
    void add(int[] ids, int[] typeIds) {
        AlbertConfig config = encoder.config();
        int number = sequences.size();
        long length = ids.length;
        long hiddenSize = config.hiddenSize();
        if (allLayers) {
            declare("embeddings." + number, length, (long) config.embeddingSize());
            for (int state = 0; state <= config.numPasses(); state++) {
                declare("hidden_states." + number + "." + state, length, hiddenSize);
            }
        }
        declare("last_hidden_state." + number, length, hiddenSize);
        if (AlbertParameters.hasPooler(config.head())) {
            declare("pooler_output." + number, hiddenSize);
        }
        sequences.add(Batch.of(new int[][] {ids}, new int[][] {typeIds}));
    }

    private void declare(String name, Long... shape) {
        tensors.put(name, new TensorInfo(DataType.F32, List.of(shape)));
    }

    /** Runs the encoder and writes; tells after each sequence how many are done. */
    void write(Path file, IntConsumer done) throws IOException {
        Safetensors.write(file, tensors, name -> values(name, done), Map.of());
    }

    private float[] values(String name, IntConsumer done) {
        String[] parts = name.split("\\.");
        int number = Integer.parseInt(parts[1]);
        EncoderOutput output = states;
        if (output == null || number != current) {
            output = encoder.encode(sequences.get(number), allLayers ? OutputStates.ALL : OutputStates.LAST);
            states = output;
            current = number;
            done.accept(number + 1);
        }
        return switch (parts[0]) {
            case "embeddings" -> output.embeddings();
            case "hidden_states" -> output.hiddenStates().get(Integer.parseInt(parts[2]));
            case "last_hidden_state" -> output.lastHiddenState();
            case "pooler_output" -> output.poolerOutput();
            default -> throw new IllegalStateException(name);
        };
    }
}
