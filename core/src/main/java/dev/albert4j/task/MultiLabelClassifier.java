package dev.albert4j.task;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Calibration;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.MultiLabelReport;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.Classification.Score;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.task.TextClassifier.Input;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/**
 * Puts any number of labels on a text, or on a pair of texts: the head of Hugging Face's {@code AlbertForSequenceClassification}
 * with {@code problem_type} multi_label_classification, then a sigmoid for each label. Thread-safe; does not close the encoder it
 * was given.
 */
public final class MultiLabelClassifier {
    /** Stands between the labels of a text in a data file. */
    public static final String SEPARATOR = "|";

    private static final double THRESHOLD = 0.5;

    private final HeadRunner runner;
    private final List<String> labels; // [C]

    /**
     * An answer.
     *
     * @param labels those with a probability of at least one half, in the model's order
     * @param scores all labels with their probabilities, in the model's order
     * @param truncated whether the text was longer than the model reads, and its end was left out
     */
    public record Labels(List<String> labels, List<Score> scores, boolean truncated) {
        public Labels {
            labels = List.copyOf(labels);
            scores = List.copyOf(scores);
        }
    }

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the model is not a multi-label classifier, or the tokenizer is another model's
     */
    public MultiLabelClassifier(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (!canServe(config)) {
            throw new IllegalArgumentException("the model is no multi-label classifier but "
                    + config.head().architecture() + " (" + config.problemType() + ")");
        }
        this.runner = new HeadRunner(tokenizer, weights, "classifier", encoder, maxBatchTokens);
        this.labels = TextClassifier.labels(config);
    }

    /** Whether a model puts any number of labels on a text. */
    public static boolean canServe(AlbertConfig config) {
        return config.head() == Head.SEQUENCE_CLASSIFICATION
                && config.problemType() == ProblemType.MULTI_LABEL_CLASSIFICATION;
    }

    /** The labels, in the model's order. */
    public List<String> labels() {
        return labels;
    }

    /** Labels texts, in their order. */
    public List<Labels> predict(List<Input> inputs) {
        List<Labels> answers = new ArrayList<>(inputs.size());
        var encodings = inputs.stream()
                .map(input -> runner.encode(input.text(), input.pair()))
                .toList();
        List<double[]> logits =
                runner.pooled(encodings.stream().map(Sequence::of).toList());
        for (int i = 0; i < inputs.size(); i++) {
            List<Score> scores = new ArrayList<>();
            List<String> chosen = new ArrayList<>();
            for (int c = 0; c < labels.size(); c++) {
                double probability = 1 / (1 + Math.exp(-logits.get(i)[c]));
                scores.add(new Score(labels.get(c), probability));
                if (probability >= THRESHOLD) {
                    chosen.add(labels.get(c));
                }
            }
            Input input = inputs.get(i);
            answers.add(new Labels(chosen, scores, runner.isTruncated(encodings.get(i), input.text(), input.pair())));
        }
        return answers;
    }

    /**
     * Measures the model.
     *
     * @param texts each with its labels, between them {@link #SEPARATOR}
     * @param progress is told how many are done
     * @throws BadExampleException naming the line of a label that is none of the model's
     */
    public Report evaluate(List<LabeledText> texts, IntConsumer progress) {
        List<boolean[]> expected =
                texts.stream().map(text -> flags(text, labels)).toList();
        List<boolean[]> predicted = new ArrayList<>();
        Calibration calibration = new Calibration("each label");
        Mistakes mistakes = new Mistakes("probability");
        Chunks.forEach(texts, progress, (begin, part) -> {
            List<Labels> answers = predict(part.stream().map(Input::of).toList());
            for (int i = 0; i < answers.size(); i++) {
                boolean[] flags = new boolean[labels.size()];
                answers.get(i).labels().forEach(label -> flags[labels.indexOf(label)] = true);
                predicted.add(flags);
                compare(part.get(i), answers.get(i), expected.get(begin + i), flags, calibration, mistakes);
            }
        });
        return MultiLabelReport.of(labels, expected, predicted)
                .toReport()
                .with(calibration)
                .with(mistakes);
    }

    /** The badness of a text's labels is the greatest probability that was given to the wrong side. */
    private static void compare(
            LabeledText text,
            Labels answer,
            boolean[] expected,
            boolean[] predicted,
            Calibration calibration,
            Mistakes mistakes) {
        double worst = 0;
        for (int c = 0; c < expected.length; c++) {
            double probability = answer.scores().get(c).score();
            calibration.add(probability, expected[c]);
            if (expected[c] != predicted[c]) {
                worst = Math.max(worst, expected[c] ? 1 - probability : probability);
            }
        }
        if (!Arrays.equals(expected, predicted)) {
            String said = answer.labels().isEmpty() ? "none" : String.join(SEPARATOR, answer.labels());
            mistakes.add(worst, TextClassifier.mistake(text, said, worst));
        }
    }

    /** The labels of a text. */
    public static List<String> split(String label) {
        return Pattern.compile(SEPARATOR, Pattern.LITERAL)
                .splitAsStream(label)
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /**
     * Which of {@code labels} a text has.
     *
     * @throws BadExampleException naming the line if it has another
     */
    public static boolean[] flags(LabeledText text, List<String> labels) {
        boolean[] flags = new boolean[labels.size()];
        for (String label : split(text.label())) {
            int index = labels.indexOf(label);
            if (index < 0) {
                throw new BadExampleException(
                        text.line(),
                        "label \"" + label + "\" is not one of the model's " + TextClassifier.abbreviate(labels));
            }
            flags[index] = true;
        }
        return flags;
    }
}
