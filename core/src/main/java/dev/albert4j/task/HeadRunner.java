package dev.albert4j.task;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.OutputStates;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What all tasks with a linear head do: tokenize, run the encoder, and apply the head. Thread-safe; does not close the encoder it was
 * given.
 */
final class HeadRunner {
    /** A sequence as the encoder takes it: ids and type ids, [T] each. */
    record Sequence(int[] ids, int[] typeIds) {
        static Sequence of(Encoding encoding) {
            return new Sequence(encoding.ids(), encoding.typeIds());
        }
    }

    private final BatchRunner batches;
    private final LinearHead head;

    /**
     * @param weights of which the head is taken
     * @param head name of its parameters: {@code classifier}, {@code qa_outputs}
     * @throws IllegalArgumentException if the tokenizer is another model's, or {@code maxBatchTokens} is not positive
     */
    HeadRunner(Tokenizer tokenizer, AlbertWeights weights, String head, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        this.batches =
                new BatchRunner(tokenizer, config.vocabSize(), config.maxPositionEmbeddings(), encoder, maxBatchTokens);
        this.head = LinearHead.of(weights, head);
    }

    /** How texts are cut: at the model's longest sequence. */
    EncodingOptions options() {
        return batches.options();
    }

    Tokenizer tokenizer() {
        return batches.tokenizer();
    }

    Encoding encode(String text, @Nullable String pair) {
        return batches.encode(text, pair);
    }

    /** Whether an encoding leaves out the end of its texts: a full one that would be longer if it could. */
    boolean isTruncated(Encoding encoding, String text, @Nullable String pair) {
        if (encoding.length() < options().maxLength()) {
            return false;
        }
        EncodingOptions oneMore = options().withMaxLength(options().maxLength() + 1);
        return tokenizer().encode(text, pair, oneMore).length() > options().maxLength();
    }

    /** Runs sequences in batches; gives what is found for each, in their order. */
    <R> List<R> run(List<Sequence> sequences, Function<Batch, List<R>> model) {
        return batches.run(sequences, model);
    }

    /** The head's values on the pooler output of each sequence: B arrays [C]. */
    List<double[]> pooled(List<Sequence> sequences) {
        return batches.run(
                sequences,
                OutputStates.POOLED,
                (output, row, firstToken, length) -> head.apply(output.poolerOutput(), row));
    }

    /**
     * The head's first value on the pooler output of each of an input's sequences, for inputs of several sequences each. As many
     * inputs are tokenized at once as fill a batch.
     */
    <T> List<double[]> scores(List<T> inputs, Function<T, List<Encoding>> encodings) {
        List<double[]> scores = new ArrayList<>(inputs.size());
        int begin = 0;
        while (begin < inputs.size()) {
            List<Sequence> sequences = new ArrayList<>();
            List<Integer> ends = new ArrayList<>();
            long tokens = 0;
            while (begin < inputs.size() && tokens < batches.maxBatchTokens()) {
                for (Encoding encoding : encodings.apply(inputs.get(begin++))) {
                    sequences.add(Sequence.of(encoding));
                    tokens += encoding.length();
                }
                ends.add(sequences.size());
            }
            List<double[]> values = pooled(sequences); // each [1]
            int next = 0;
            for (int end : ends) {
                scores.add(values.subList(next, end).stream()
                        .mapToDouble(value -> value[0])
                        .toArray());
                next = end;
            }
        }
        return scores;
    }

    /** The head's values on each token of each sequence: B arrays [T, C]. */
    List<double[][]> tokens(List<Sequence> sequences) {
        return batches.run(sequences, OutputStates.LAST, (output, row, firstToken, length) -> {
            float[] states = output.lastHiddenState(); // [N, H]
            double[][] values = new double[length][];
            for (int token = 0; token < length; token++) {
                values[token] = head.apply(states, firstToken + token);
            }
            return values;
        });
    }
}
