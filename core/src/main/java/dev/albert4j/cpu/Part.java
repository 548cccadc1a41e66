package dev.albert4j.cpu;

import dev.albert4j.model.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Consecutive sequences of a batch that run together.
 *
 * @param from first sequence
 * @param to one past the last
 */
record Part(Batch batch, int from, int to) {
    /** Cuts a batch into parts of at most {@code maxTokens} tokens, longer only where one sequence is. */
    static List<Part> split(Batch batch, int maxTokens) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int to = 1; to < batch.numSequences(); to++) {
            if (batch.start(to + 1) - batch.start(from) > maxTokens) {
                parts.add(new Part(batch, from, to));
                from = to;
            }
        }
        parts.add(new Part(batch, from, batch.numSequences()));
        return parts;
    }

    /** Some sequences of this part, by their numbers in it, as the only ones of a batch. */
    Part select(int[] sequences) {
        int[] inBatch = IntStream.of(sequences).map(sequence -> from + sequence).toArray();
        return new Part(batch.select(inBatch), 0, sequences.length);
    }

    /** N of this part. */
    int numTokens() {
        return batch.start(to) - batch.start(from);
    }

    /** B of this part. */
    int numSequences() {
        return to - from;
    }

    /** First token of the part in the batch. */
    int firstToken() {
        return batch.start(from);
    }

    /** First token of a sequence of the part, counted in the part. */
    int start(int sequence) {
        return batch.start(from + sequence) - batch.start(from);
    }

    /** T of a sequence of the part. */
    int length(int sequence) {
        return batch.length(from + sequence);
    }

    /** The sequence of the part that a token of it belongs to. */
    int sequenceOf(int token) {
        int sequence = 0;
        while (start(sequence) + length(sequence) <= token) {
            sequence++;
        }
        return sequence;
    }
}
