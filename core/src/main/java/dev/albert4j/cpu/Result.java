package dev.albert4j.cpu;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Collects what the parts of a batch computed. */
final class Result {
    private final AlbertConfig config;
    private final int lastState;
    private final float @Nullable [] embeddings; // [N, E]
    private final List<float[]> hiddenStates; // each [N, H]
    private final float @Nullable [] poolerOutput; // [B, H]

    Result(AlbertConfig config, Batch batch, OutputStates output, boolean hasPooler) {
        this.config = config;
        lastState = config.numPasses();
        int numStates = switch (output) {
            case POOLED -> 0;
            case LAST -> 1;
            case ALL -> lastState + 1;
        };
        hiddenStates = Stream.generate(() -> new float[Math.multiplyExact(batch.numTokens(), config.hiddenSize())])
                .limit(numStates)
                .toList();
        embeddings = output == OutputStates.ALL
                ? new float[Math.multiplyExact(batch.numTokens(), config.embeddingSize())]
                : null;
        poolerOutput = hasPooler ? new float[Math.multiplyExact(batch.numSequences(), config.hiddenSize())] : null;
    }

    /** @param token of the batch, the first of the rows */
    void embeddings(Rows rows, int token, int numRows) {
        if (embeddings != null) {
            int e = config.embeddingSize();
            rows.copyTo(embeddings, token * e, numRows, e);
        }
    }

    /** @param state 0 after the E→H map, then counted over all inner layers */
    void hiddenState(int state, Rows rows, Part part) {
        int index = state - (lastState + 1 - hiddenStates.size()); // the last ones are kept
        if (index >= 0) {
            int h = config.hiddenSize();
            rows.copyTo(hiddenStates.get(index), part.firstToken() * h, part.numTokens(), h);
        }
    }

    /**
     * @param rows the pooler's dense layer, before its tanh
     * @param sequence of the batch, the first of the rows
     */
    void poolerOutput(Rows rows, int sequence, int numRows) {
        if (poolerOutput == null) {
            return;
        }
        int h = config.hiddenSize();
        rows.copyTo(poolerOutput, sequence * h, numRows, h);
        for (int i = sequence * h; i < (sequence + numRows) * h; i++) {
            poolerOutput[i] = (float) Math.tanh(poolerOutput[i]);
        }
    }

    EncoderOutput toOutput() {
        return new EncoderOutput(embeddings, hiddenStates, poolerOutput);
    }
}
