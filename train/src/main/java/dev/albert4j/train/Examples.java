package dev.albert4j.train;

import dev.albert4j.data.LabeledText;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.List;

/** Labelled texts as examples. */
final class Examples {
    private Examples() {}

    /**
     * Tokenizes texts, each cut to {@code maxLength} tokens, on all processors.
     *
     * @throws IllegalArgumentException if a label is not one of {@code labels}
     */
    static List<Example> of(List<LabeledText> texts, Tokenizer tokenizer, List<String> labels, int maxLength) {
        EncodingOptions options = EncodingOptions.DEFAULT.withMaxLength(maxLength);
        return texts.parallelStream()
                .map(text -> {
                    Encoding encoding = tokenizer.encode(text.text(), text.pair(), options);
                    return new Example(encoding.ids(), encoding.typeIds(), label(text, labels));
                })
                .toList();
    }

    private static int label(LabeledText text, List<String> labels) {
        int label = labels.indexOf(text.label());
        if (label < 0) {
            throw new IllegalArgumentException(
                    "line " + text.line() + ": label '" + text.label() + "' is none of the model's labels " + labels);
        }
        return label;
    }
}
