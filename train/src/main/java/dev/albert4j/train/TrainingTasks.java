package dev.albert4j.train;

import dev.albert4j.data.LabeledText;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextRegressor;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Labelled data as {@link TrainingTask}s: texts are tokenized once, on all processors, and cut to {@code maxLength} tokens. */
public final class TrainingTasks {
    // Enough texts at once to sort them by length and to share them among threads.
    private static final int EVALUATION_TOKENS = 1 << 16;

    private final Tokenizer tokenizer;
    private final EncodingOptions options;

    /**
     * @param tokenizer of the model to train
     * @param maxLength most tokens of a sequence
     */
    public TrainingTasks(Tokenizer tokenizer, int maxLength) {
        this.tokenizer = tokenizer;
        this.options = EncodingOptions.DEFAULT.withMaxLength(maxLength);
    }

    /**
     * One label for each text.
     *
     * @param train texts to learn from
     * @param dev texts to choose the best weights by; may be empty
     * @param labels the model's labels
     * @throws IllegalArgumentException naming the line of a label that is none of them
     */
    public TrainingTask classification(List<LabeledText> train, List<LabeledText> dev, List<String> labels) {
        dev.forEach(text -> TextClassifier.index(text, labels));
        return labeled(
                Loss.CLASSIFICATION,
                train,
                dev,
                text -> new float[] {TextClassifier.index(text, labels)},
                (weights, encoder) -> new TextClassifier(tokenizer, weights, encoder, EVALUATION_TOKENS)
                        .evaluate(dev, done -> {})
                        .toReport());
    }

    /** Any number of labels for each text; else as {@link #classification}. */
    public TrainingTask multiLabel(List<LabeledText> train, List<LabeledText> dev, List<String> labels) {
        dev.forEach(text -> MultiLabelClassifier.flags(text, labels));
        return labeled(
                Loss.MULTI_LABEL,
                train,
                dev,
                text -> {
                    boolean[] flags = MultiLabelClassifier.flags(text, labels);
                    float[] target = new float[flags.length];
                    for (int c = 0; c < flags.length; c++) {
                        target[c] = flags[c] ? 1 : 0;
                    }
                    return target;
                },
                (weights, encoder) -> new MultiLabelClassifier(tokenizer, weights, encoder, EVALUATION_TOKENS)
                        .evaluate(dev, done -> {})
                        .toReport());
    }

    /** A number for each text or pair of texts, its label; else as {@link #classification}. */
    public TrainingTask regression(List<LabeledText> train, List<LabeledText> dev) {
        dev.forEach(TextRegressor::number);
        return labeled(
                Loss.REGRESSION,
                train,
                dev,
                text -> new float[] {(float) TextRegressor.number(text)},
                (weights, encoder) -> new TextRegressor(tokenizer, weights, encoder, EVALUATION_TOKENS)
                        .evaluate(dev, done -> {})
                        .toReport());
    }

    private TrainingTask labeled(
            Loss loss,
            List<LabeledText> train,
            List<LabeledText> dev,
            Function<LabeledText, float[]> target,
            TrainingTask.Development development) {
        List<Example> examples = train.parallelStream()
                .map(text -> {
                    Encoding encoding = tokenizer.encode(text.text(), text.pair(), options);
                    return Example.of(encoding.ids(), encoding.typeIds(), target.apply(text));
                })
                .toList();
        return new TrainingTask(
                loss,
                examples,
                dev.isEmpty() ? null : development,
                fingerprint(
                        dev.size(), dev.stream().flatMap(text -> Stream.of(text.text(), text.pair(), text.label()))));
    }

    private static String fingerprint(int count, Stream<@Nullable String> parts) {
        CRC32C crc = new CRC32C();
        parts.forEach(part -> {
            crc.update((part == null ? "" : part).getBytes(StandardCharsets.UTF_8));
            crc.update(0);
        });
        return count + " examples with checksum " + Long.toHexString(crc.getValue());
    }
}
