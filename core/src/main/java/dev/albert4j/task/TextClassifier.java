package dev.albert4j.task;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Calibration;
import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.Mistakes.Mistake;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.EarlyExit.Exit;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts one label on a text, or on a pair of texts: tokenizer, encoder, and the head of Hugging Face's {@code
 * AlbertForSequenceClassification} (a linear map of the pooler output), then softmax. Thread-safe; does not close the
 * encoder it was given.
 */
public final class TextClassifier {
    private final Encoder encoder;
    private final int numLayers;
    private final HeadRunner runner;
    private final List<LinearHead> layerClassifiers; // [layers], or none
    private final List<String> labels; // [C]
    private final @Nullable EarlyExit earlyExit;

    /**
     * A text to classify.
     *
     * @param text the text
     * @param pair the second text, if there are two
     */
    public record Input(String text, @Nullable String pair) {
        static Input of(LabeledText text) {
            return new Input(text.text(), text.pair());
        }
    }

    /**
     * An answer with its reasons.
     *
     * @param classification the answer
     * @param words what each word did to it, in the order of the text
     */
    public record Explanation(Classification classification, List<WordContribution> words) {}

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the model is not a single-label classifier, or the tokenizer is another model's
     */
    public TextClassifier(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (!canServe(config)) {
            throw new IllegalArgumentException("the model is not a single-label text classifier but "
                    + config.head().architecture() + " (" + config.problemType() + ", " + config.numLabels()
                    + " labels)");
        }
        this.encoder = encoder;
        this.numLayers = config.numPasses();
        this.runner = new HeadRunner(tokenizer, weights, "classifier", encoder, maxBatchTokens);
        this.layerClassifiers = EarlyExit.classifiers(weights);
        this.labels = labels(config);
        this.earlyExit = null;
    }

    private TextClassifier(TextClassifier original, EarlyExit earlyExit) {
        this.encoder = original.encoder;
        this.numLayers = original.numLayers;
        this.runner = original.runner;
        this.layerClassifiers = original.layerClassifiers;
        this.labels = original.labels;
        this.earlyExit = earlyExit;
    }

    /**
     * The same, but a text leaves the encoder at the first layer whose classifier gives the label of the {@code patience} layers before
     * it, with that classifier's probabilities (Zhou et al. 2020, section 3). Explanations still are of all layers.
     *
     * @param patience 1 to L × I − 1
     * @throws IllegalArgumentException if it is another number, the model has no exit classifiers, or the encoder is no {@link
     *     dev.albert4j.model.LayerwiseEncoder}
     */
    public TextClassifier withPatience(int patience) {
        return new TextClassifier(this, EarlyExit.of(layerClassifiers, encoder, patience));
    }

    /** Whether texts leave the encoder early. */
    public boolean exitsEarly() {
        return earlyExit != null;
    }

    /** Whether a model puts one label on a text. */
    public static boolean canServe(AlbertConfig config) {
        boolean singleLabel = config.problemType() == ProblemType.UNSPECIFIED
                || config.problemType() == ProblemType.SINGLE_LABEL_CLASSIFICATION;
        return config.head() == Head.SEQUENCE_CLASSIFICATION && singleLabel && config.numLabels() >= 2;
    }

    /** The labels of a model, {@code LABEL_0} and so on where its configuration names none. */
    public static List<String> labels(AlbertConfig config) {
        if (!config.labels().isEmpty()) {
            return config.labels();
        }
        List<String> names = new ArrayList<>();
        for (int c = 0; c < config.numLabels(); c++) {
            names.add("LABEL_" + c);
        }
        return List.copyOf(names);
    }

    /** The labels, in the model's order. */
    public List<String> labels() {
        return labels;
    }

    /** Classifies one text. */
    public Classification predict(String text) {
        return predict(List.of(new Input(text, null))).get(0);
    }

    /** Classifies texts, in their order. */
    public List<Classification> predict(List<Input> inputs) {
        List<Encoding> encodings = inputs.stream().map(this::encode).toList();
        List<Exit> exits = exits(encodings.stream().map(Sequence::of).toList());
        List<Classification> answers = new ArrayList<>(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            answers.add(classification(exits.get(i), isTruncated(inputs.get(i), encodings.get(i))));
        }
        return answers;
    }

    private List<Exit> exits(List<Sequence> sequences) {
        return earlyExit == null
                ? runner.pooled(sequences).stream().map(this::atLastLayer).toList()
                : runner.run(sequences, earlyExit::run);
    }

    private Exit atLastLayer(double[] logits) {
        return new Exit(logits, numLayers);
    }

    /**
     * Measures the model.
     *
     * @param texts each with its label
     * @param progress is told how many are done
     * @throws BadExampleException naming the line of a label that is none of the model's
     */
    public Report evaluate(List<LabeledText> texts, IntConsumer progress) {
        int[] expected = texts.stream().mapToInt(text -> index(text, labels)).toArray();
        int[] predicted = new int[expected.length];
        Calibration calibration = new Calibration("the predicted label");
        Mistakes mistakes = new Mistakes("probability");
        long[] layers = new long[1];
        Chunks.forEach(texts, progress, (begin, part) -> {
            List<Classification> answers = predict(part.stream().map(Input::of).toList());
            for (int i = 0; i < answers.size(); i++) {
                Classification answer = answers.get(i);
                predicted[begin + i] = labels.indexOf(answer.label());
                layers[0] += answer.layer();
                boolean right = predicted[begin + i] == expected[begin + i];
                calibration.add(answer.score(), right);
                if (!right) {
                    mistakes.add(answer.score(), mistake(part.get(i), answer.label(), answer.score()));
                }
            }
        });
        Report report = ClassificationReport.of(labels, expected, predicted)
                .toReport()
                .with(calibration)
                .with(mistakes);
        return earlyExit == null ? report : report.withFigure("mean_layers", (double) layers[0] / texts.size());
    }

    static Mistake mistake(LabeledText text, String predicted, double score) {
        String both = text.pair() == null ? text.text() : Mistake.joined(text.text(), text.pair());
        return new Mistake(text.line(), both, text.label(), predicted, score);
    }

    static String abbreviate(List<String> labels) {
        return labels.size() <= 12
                ? labels.toString()
                : labels.subList(0, 12).toString().replace("]", ", …]") + " (" + labels.size() + " in all)";
    }

    /**
     * The place of a text's label among {@code labels}.
     *
     * @throws BadExampleException naming the line if it is none of them
     */
    public static int index(LabeledText text, List<String> labels) {
        return index(text.label(), text.line(), labels);
    }

    /**
     * The place of a label among {@code labels}.
     *
     * @param line where it stands
     * @throws BadExampleException naming the line if it is none of them
     */
    public static int index(String label, long line, List<String> labels) {
        int index = labels.indexOf(label);
        if (index < 0) {
            throw new BadExampleException(
                    line, "label \"" + label + "\" is not one of the model's " + abbreviate(labels));
        }
        return index;
    }

    /**
     * Classifies a text and says why. A word's contribution is the mean of two differences in the log-odds of the decision: what
     * leaving the word out of the text takes away, and what the word alone adds to an empty text. The first finds little where
     * several words say the same, the second nothing of what words mean together. Costs two runs of the model for each word.
     */
    public Explanation explain(Input input) {
        Encoding encoding = encode(input);
        double[] logits = runner.pooled(List.of(Sequence.of(encoding))).get(0);
        Classification answer = classification(atLastLayer(logits), isTruncated(input, encoding));
        int decision = labels.indexOf(answer.label());
        List<Words.Word> words = Words.of(encoding, input.text(), input.pair());
        List<Sequence> variants = new ArrayList<>(List.of(without(encoding, 0, encoding.length())));
        for (Words.Word word : words) {
            variants.add(without(encoding, word.firstToken(), word.endToken()));
            variants.add(only(encoding, word));
        }
        double[] odds = runner.pooled(variants).stream()
                .mapToDouble(variant -> logOdds(variant, decision))
                .toArray();
        double whole = logOdds(logits, decision);
        List<WordContribution> contributions = new ArrayList<>();
        for (int w = 0; w < words.size(); w++) {
            Words.Word word = words.get(w);
            int text = encoding.typeId(word.firstToken());
            String source = text == 1 && input.pair() != null ? input.pair() : input.text();
            double contribution = (whole - odds[1 + 2 * w] + odds[2 + 2 * w] - odds[0]) / 2;
            contributions.add(new WordContribution(
                    source.substring(word.begin(), word.end()), text, word.begin(), word.end(), contribution));
        }
        return new Explanation(answer, List.copyOf(contributions));
    }

    /** The text without its tokens {@code [begin, end)}; special ones stay. */
    private static Sequence without(Encoding encoding, int begin, int end) {
        return select(encoding, token -> encoding.isSpecial(token) || token < begin || token >= end);
    }

    /** One word of the text; special tokens stay. */
    private static Sequence only(Encoding encoding, Words.Word word) {
        return select(
                encoding, token -> encoding.isSpecial(token) || token >= word.firstToken() && token < word.endToken());
    }

    private static Sequence select(Encoding encoding, IntPredicate stays) {
        int[] tokens = IntStream.range(0, encoding.length()).filter(stays).toArray();
        return new Sequence(
                IntStream.of(tokens).map(encoding::id).toArray(),
                IntStream.of(tokens).map(encoding::typeId).toArray());
    }

    private Encoding encode(Input input) {
        return runner.encode(input.text(), input.pair());
    }

    private boolean isTruncated(Input input, Encoding encoding) {
        return runner.isTruncated(encoding, input.text(), input.pair());
    }

    private Classification classification(Exit exit, boolean truncated) {
        double[] logits = exit.logits();
        double max = Arrays.stream(logits).max().orElseThrow();
        double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
        List<Classification.Score> scores = new ArrayList<>(logits.length);
        for (int c = 0; c < logits.length; c++) {
            scores.add(new Classification.Score(labels.get(c), Math.exp(logits[c] - max) / sum));
        }
        int best = best(logits);
        return new Classification(labels.get(best), scores.get(best).score(), scores, truncated, exit.layer());
    }

    /** The class of the highest logit, of equal ones the first. */
    static int best(double[] logits) {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        return best;
    }

    /** log(p / (1 − p)) of a class, exact where p is near 1. */
    private static double logOdds(double[] logits, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < logits.length; c++) {
            max = c == label ? max : Math.max(max, logits[c]);
        }
        double others = 0;
        for (int c = 0; c < logits.length; c++) {
            others += c == label ? 0 : Math.exp(logits[c] - max);
        }
        return logits[label] - max - Math.log(others);
    }
}
