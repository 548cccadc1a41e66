package dev.albert4j.task;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.RegressionReport;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.task.TextClassifier.Input;
import dev.albert4j.tokenize.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Gives a number to a text, or to a pair of texts (how similar they are): the head of Hugging Face's {@code
 * AlbertForSequenceClassification} with one label and {@code problem_type} regression. Thread-safe; does not close the encoder it
 * was given.
 */
public final class TextRegressor {
    private final HeadRunner runner;

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the model gives no number, or the tokenizer is another model's
     */
    public TextRegressor(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        if (!canServe(weights.config())) {
            throw new IllegalArgumentException("the model is no regression of one number but "
                    + weights.config().head().architecture() + " ("
                    + weights.config().problemType() + ", " + weights.config().numLabels() + " labels)");
        }
        this.runner = new HeadRunner(tokenizer, weights, "classifier", encoder, maxBatchTokens);
    }

    /** Whether a model is a regression: one output, as Hugging Face reads {@code num_labels} 1 without a problem type. */
    public static boolean canServe(AlbertConfig config) {
        boolean number =
                config.problemType() == ProblemType.REGRESSION || config.problemType() == ProblemType.UNSPECIFIED;
        return config.head() == Head.SEQUENCE_CLASSIFICATION
                && number
                && config.numLabels() == 1
                && !Reranker.canServe(config);
    }

    /** The numbers of texts, in their order. */
    public double[] predict(List<Input> inputs) {
        List<Sequence> sequences = inputs.stream()
                .map(input -> Sequence.of(runner.encode(input.text(), input.pair())))
                .toList();
        return runner.pooled(sequences).stream()
                .mapToDouble(values -> values[0])
                .toArray();
    }

    /**
     * Measures the model.
     *
     * @param texts labelled with numbers
     * @param progress is told how many are done
     * @throws BadExampleException naming the line of a label that is no number
     */
    public Report evaluate(List<LabeledText> texts, IntConsumer progress) {
        double[] expected = new double[texts.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = number(texts.get(i));
        }
        double[] predicted = new double[texts.size()];
        Mistakes mistakes = new Mistakes("error");
        Chunks.forEach(texts, progress, (begin, part) -> {
            double[] numbers = predict(part.stream().map(Input::of).toList());
            for (int i = 0; i < numbers.length; i++) {
                predicted[begin + i] = numbers[i];
                double error = numbers[i] - expected[begin + i];
                String said = String.format(Locale.ROOT, "%.4g", numbers[i]);
                mistakes.add(Math.abs(error), TextClassifier.mistake(part.get(i), said, error));
            }
        });
        return RegressionReport.of(expected, predicted).toReport().with(mistakes);
    }

    /**
     * The label of a text as a number.
     *
     * @throws BadExampleException naming its line if it is none, or not finite
     */
    public static double number(LabeledText text) {
        double value;
        try {
            value = Double.parseDouble(text.label().strip());
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!Double.isFinite(value)) {
            throw new BadExampleException(text.line(), "label \"" + text.label() + "\" is not a number");
        }
        return value;
    }
}
