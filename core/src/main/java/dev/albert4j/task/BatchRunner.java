package dev.albert4j.task;

import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tokenizes, and runs the encoder on as many sequences at once as {@code maxBatchTokens} allow (one at least). Thread-safe; does not
 * close the encoder it was given.
 */
final class BatchRunner {
    private final Tokenizer tokenizer;
    private final Encoder encoder;
    private final int maxBatchTokens;
    private final EncodingOptions options;

    /** Takes what it needs of the encoder's output for one sequence. */
    @FunctionalInterface
    interface Reader<R> {
        /**
         * @param sequence number of the sequence in its batch: the row of the pooler output
         * @param firstToken number of its first token in its batch: the row of the hidden states
         * @param length number of its tokens
         */
        R read(EncoderOutput output, int sequence, int firstToken, int length);
    }

    /**
     * @param vocabSize of the model
     * @param maxLength most tokens of a sequence
     * @throws IllegalArgumentException if the tokenizer is another model's, or {@code maxBatchTokens} is not positive
     */
    BatchRunner(Tokenizer tokenizer, int vocabSize, int maxLength, Encoder encoder, int maxBatchTokens) {
        if (tokenizer.vocabulary().size() > vocabSize) {
            throw new IllegalArgumentException(
                    "the tokenizer has " + tokenizer.vocabulary().size() + " tokens, the model only " + vocabSize);
        }
        if (maxBatchTokens < 1) {
            throw new IllegalArgumentException("maxBatchTokens " + maxBatchTokens + " is not positive");
        }
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.maxBatchTokens = maxBatchTokens;
        this.options = EncodingOptions.DEFAULT.withMaxLength(maxLength);
    }

    /** How texts are cut. */
    EncodingOptions options() {
        return options;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    int maxBatchTokens() {
        return maxBatchTokens;
    }

    Encoding encode(String text, @Nullable String pair) {
        return tokenizer.encode(text, pair, options);
    }

    /** Runs sequences; gives what is read for each, in their order. */
    <R> List<R> run(List<Sequence> sequences, OutputStates states, Reader<R> reader) {
        return run(sequences, batch -> {
            EncoderOutput output = encoder.encode(batch, states);
            List<R> results = new ArrayList<>(batch.numSequences());
            for (int row = 0; row < batch.numSequences(); row++) {
                results.add(reader.read(output, row, batch.start(row), batch.length(row)));
            }
            return results;
        });
    }

    /** Runs sequences in batches; gives what is found for each, in their order. */
    <R> List<R> run(List<Sequence> sequences, Function<Batch, List<R>> model) {
        List<R> results = new ArrayList<>(sequences.size());
        for (List<Sequence> part : parts(sequences)) {
            results.addAll(model.apply(Batch.of(
                    part.stream().map(Sequence::ids).toArray(int[][]::new),
                    part.stream().map(Sequence::typeIds).toArray(int[][]::new))));
        }
        return results;
    }

    private List<List<Sequence>> parts(List<Sequence> sequences) {
        List<List<Sequence>> parts = new ArrayList<>();
        int begin = 0;
        while (begin < sequences.size()) {
            int end = begin;
            long tokens = 0;
            while (end < sequences.size()
                    && (end == begin || tokens + sequences.get(end).ids().length <= maxBatchTokens)) {
                tokens += sequences.get(end).ids().length;
                end++;
            }
            parts.add(sequences.subList(begin, end));
            begin = end;
        }
        return parts;
    }
}
