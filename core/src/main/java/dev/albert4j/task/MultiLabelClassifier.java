package dev.albert4j.task;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Puts any number of labels on a text, or on a pair of texts: the head of Hugging Face's {@code AlbertForSequenceClassification}
 * with {@code problem_type} multi_label_classification, then a sigmoid for each label. A label is given from its threshold on:
 * one half, unless the model's configuration has {@code label_thresholds}. Thread-safe; does not close the encoder it
 * was given.
 */
public final class MultiLabelClassifier {
    /** Stands between the labels of a text in a data file. */
    public static final String SEPARATOR = "|";

    private final HeadRunner runner;
    private final List<String> labels; // [C]
    private final LabelThresholds thresholds;

    /**
     * An answer.
     *
     * @param labels those whose probability reaches the label's threshold, in the model's order
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
        this.thresholds = LabelThresholds.of(config, labels);
    }

    private MultiLabelClassifier(HeadRunner runner, List<String> labels, LabelThresholds thresholds) {
        this.runner = runner;
        this.labels = labels;
        this.thresholds = thresholds;
    }

    /**
     * The same model with one threshold for all labels.
     *
     * @throws IllegalArgumentException if it is not between 0 and 1
     */
    public MultiLabelClassifier withThreshold(double threshold) {
        return new MultiLabelClassifier(runner, labels, LabelThresholds.all(threshold, labels.size()));
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
        List<Encoding> encodings = inputs.stream().map(this::encode).toList();
        List<double[]> probabilities = probabilities(encodings);
        for (int i = 0; i < inputs.size(); i++) {
            List<Score> scores = new ArrayList<>();
            for (int c = 0; c < labels.size(); c++) {
                scores.add(new Score(labels.get(c), probabilities.get(i)[c]));
            }
            Input input = inputs.get(i);
            boolean truncated = runner.isTruncated(encodings.get(i), input.text(), input.pair());
            answers.add(new Labels(names(decide(probabilities.get(i), thresholds)), scores, truncated));
        }
        return answers;
    }

    private Encoding encode(Input input) {
        return runner.encode(input.text(), input.pair());
    }

    private List<double[]> probabilities(List<Encoding> encodings) {
        return runner.pooled(encodings.stream().map(Sequence::of).toList()).stream()
                .map(logits -> Arrays.stream(logits)
                        .map(logit -> 1 / (1 + Math.exp(-logit)))
                        .toArray())
                .toList();
    }

    private static boolean[] decide(double[] probabilities, LabelThresholds thresholds) {
        boolean[] flags = new boolean[probabilities.length];
        for (int c = 0; c < flags.length; c++) {
            flags[c] = thresholds.isReached(c, probabilities[c]);
        }
        return flags;
    }

    private List<String> names(boolean[] flags) {
        return IntStream.range(0, flags.length)
                .filter(c -> flags[c])
                .mapToObj(labels::get)
                .toList();
    }

    /**
     * Measures the model.
     *
     * @param texts each with its labels, between them {@link #SEPARATOR}
     * @param progress is told how many are done
     * @throws BadExampleException naming the line of a label that is none of the model's
     */
    public Report evaluate(List<LabeledText> texts, IntConsumer progress) {
        return report(texts, expected(texts), probabilities(texts, progress), thresholds);
    }

    /**
     * Chooses the thresholds that fit labelled texts best, and measures the model with them instead of its own: {@link Report#chosen}
     * has them as {@code label_thresholds}. On these texts they flatter the model a little, the more the fewer texts a label has.
     *
     * @param how {@link ThresholdTuning#LABEL}, where labels are rare or unlike each other (one half is too high for a rare one);
     *     {@link ThresholdTuning#GLOBAL}, where there are few texts to choose by
     * @throws BadExampleException naming the line of a label that is none of the model's
     */
    public Report tune(List<LabeledText> texts, ThresholdTuning how, IntConsumer progress) {
        List<boolean[]> expected = expected(texts);
        List<double[]> probabilities = probabilities(texts, progress);
        LabelThresholds tuned = LabelThresholds.tune(how, labels.size(), expected, probabilities);
        JsonNode field = tuned.toJson(labels);
        return report(texts, expected, probabilities, tuned)
                .withChosen(LabelThresholds.FIELD, field, "thresholds chosen on these texts: " + field);
    }

    private List<boolean[]> expected(List<LabeledText> texts) {
        return texts.stream().map(text -> flags(text, labels)).toList();
    }

    private List<double[]> probabilities(List<LabeledText> texts, IntConsumer progress) {
        List<double[]> probabilities = new ArrayList<>(texts.size());
        Chunks.forEach(
                texts,
                progress,
                (begin, part) -> probabilities.addAll(probabilities(
                        part.stream().map(Input::of).map(this::encode).toList())));
        return probabilities;
    }

    private Report report(
            List<LabeledText> texts,
            List<boolean[]> expected,
            List<double[]> probabilities,
            LabelThresholds thresholds) {
        List<boolean[]> predicted =
                probabilities.stream().map(values -> decide(values, thresholds)).toList();
        Calibration calibration = new Calibration("each label");
        Mistakes mistakes = new Mistakes("probability");
        for (int i = 0; i < texts.size(); i++) {
            compare(texts.get(i), probabilities.get(i), expected.get(i), predicted.get(i), calibration, mistakes);
        }
        return MultiLabelReport.of(labels, expected, predicted)
                .toReport()
                .with(calibration)
                .with(mistakes);
    }

    /** The badness of a text's labels is the greatest probability that was given to the wrong side. */
    private void compare(
            LabeledText text,
            double[] probabilities,
            boolean[] expected,
            boolean[] predicted,
            Calibration calibration,
            Mistakes mistakes) {
        double worst = 0;
        for (int c = 0; c < expected.length; c++) {
            double probability = probabilities[c];
            calibration.add(probability, expected[c]);
            if (expected[c] != predicted[c]) {
                worst = Math.max(worst, expected[c] ? 1 - probability : probability);
            }
        }
        if (!Arrays.equals(expected, predicted)) {
            List<String> given = names(predicted);
            String said = given.isEmpty() ? "none" : String.join(SEPARATOR, given);
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
