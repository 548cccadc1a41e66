package dev.albert4j.task;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all tasks do: tokenize, run the encoder on as many sequences at once as {@code maxBatchTokens} allow (one at least), and
 * apply the head. Thread-safe; does not close the encoder it was given.
 */
final class HeadRunner {
    /** A sequence as the encoder takes it: ids and type ids, [T] each. */
    record Sequence(int[] ids, int[] typeIds) {
        static Sequence of(Encoding encoding) {
            return new Sequence(encoding.ids(), encoding.typeIds());
        }
    }

    private final Tokenizer tokenizer;
    private final Encoder encoder;
    private final LinearHead head;
    private final int maxBatchTokens;
    private final EncodingOptions options;

    /**
     * @param weights of which the head is taken
     * @param head name of its parameters: {@code classifier}, {@code qa_outputs}
     * @throws IllegalArgumentException if the tokenizer is another model's, or {@code maxBatchTokens} is not positive
     */
    HeadRunner(Tokenizer tokenizer, AlbertWeights weights, String head, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (tokenizer.vocabulary().size() > config.vocabSize()) {
            throw new IllegalArgumentException("the tokenizer has "
                    + tokenizer.vocabulary().size() + " tokens, the model only " + config.vocabSize());
        }
        if (maxBatchTokens < 1) {
            throw new IllegalArgumentException("maxBatchTokens " + maxBatchTokens + " is not positive");
        }
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.head = LinearHead.of(weights, head);
        this.maxBatchTokens = maxBatchTokens;
        this.options = EncodingOptions.DEFAULT.withMaxLength(config.maxPositionEmbeddings());
    }

    /** How texts are cut: at the model's longest sequence. */
    EncodingOptions options() {
        return options;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    Encoding encode(String text, @Nullable String pair) {
        return tokenizer.encode(text, pair, options);
    }

    /** Whether an encoding leaves out the end of its texts: a full one that would be longer if it could. */
    boolean isTruncated(Encoding encoding, String text, @Nullable String pair) {
        if (encoding.length() < options.maxLength()) {
            return false;
        }
        EncodingOptions oneMore = options.withMaxLength(options.maxLength() + 1);
        return tokenizer.encode(text, pair, oneMore).length() > options.maxLength();
    }

    /** The head's values on the pooler output of each sequence: B arrays [C]. */
    List<double[]> pooled(List<Sequence> sequences) {
        List<double[]> results = new ArrayList<>(sequences.size());
        for (List<Sequence> part : parts(sequences)) {
            float[] pooled = encode(part, OutputStates.POOLED).poolerOutput(); // [B, H]
            for (int row = 0; row < part.size(); row++) {
                results.add(head.apply(pooled, row));
            }
        }
        return results;
    }

    /** The head's values on each token of each sequence: B arrays [T, C]. */
    List<double[][]> tokens(List<Sequence> sequences) {
        List<double[][]> results = new ArrayList<>(sequences.size());
        for (List<Sequence> part : parts(sequences)) {
            float[] states = encode(part, OutputStates.LAST).lastHiddenState(); // [N, H]
            int row = 0;
            for (Sequence sequence : part) {
                double[][] values = new double[sequence.ids().length][];
                for (int token = 0; token < values.length; token++) {
                    values[token] = head.apply(states, row++);
                }
                results.add(values);
            }
        }
        return results;
    }

    private EncoderOutput encode(List<Sequence> part, OutputStates output) {
        return encoder.encode(
                Batch.of(
                        part.stream().map(Sequence::ids).toArray(int[][]::new),
                        part.stream().map(Sequence::typeIds).toArray(int[][]::new)),
                output);
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
