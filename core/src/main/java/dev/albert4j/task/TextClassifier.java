package dev.albert4j.task;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import dev.albert4j.model.ProblemType;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts one label on a text, or on a pair of texts: tokenizer, encoder, and the head of Hugging Face's {@code
 * AlbertForSequenceClassification} (a linear map of the pooler output), then softmax. Thread-safe; does not close the
 * encoder it was given.
 */
public final class TextClassifier {
    private final Tokenizer tokenizer;
    private final Encoder encoder;
    private final List<String> labels; // [C]
    private final float[] weight; // [C, H]
    private final float[] bias; // [C]
    private final int maxBatchTokens;
    private final EncodingOptions options;

    /**
     * A text to classify.
     *
     * @param text the text
     * @param pair the second text, if there are two
     */
    public record Input(String text, @Nullable String pair) {}

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
        boolean singleLabel = config.problemType() == ProblemType.UNSPECIFIED
                || config.problemType() == ProblemType.SINGLE_LABEL_CLASSIFICATION;
        if (config.head() != Head.SEQUENCE_CLASSIFICATION || !singleLabel || config.numLabels() < 2) {
            throw new IllegalArgumentException("the model is not a single-label text classifier but "
                    + config.head().architecture() + " (" + config.problemType() + ", " + config.numLabels()
                    + " labels)");
        }
        if (tokenizer.vocabulary().size() > config.vocabSize()) {
            throw new IllegalArgumentException("the tokenizer has "
                    + tokenizer.vocabulary().size() + " tokens, the model only " + config.vocabSize());
        }
        if (maxBatchTokens < 1) {
            throw new IllegalArgumentException("maxBatchTokens " + maxBatchTokens + " is not positive");
        }
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.labels = labels(config);
        this.weight = weights.values("classifier.weight");
        this.bias = weights.values("classifier.bias");
        this.maxBatchTokens = maxBatchTokens;
        this.options = EncodingOptions.DEFAULT.withMaxLength(config.maxPositionEmbeddings());
    }

    private static List<String> labels(AlbertConfig config) {
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
        List<double[]> logits = logits(encodings);
        List<Classification> answers = new ArrayList<>(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            answers.add(classification(logits.get(i), isTruncated(inputs.get(i), encodings.get(i))));
        }
        return answers;
    }

    /**
     * Classifies a text and says why: each word is left out in turn, and what that does to the log-odds of the decision is
     * the word's contribution. Costs one run of the model for each word.
     */
    public Explanation explain(Input input) {
        Encoding encoding = encode(input);
        double[] logits = logits(List.of(encoding)).get(0);
        Classification answer = classification(logits, isTruncated(input, encoding));
        int decision = labels.indexOf(answer.label());
        List<Words.Word> words = Words.of(encoding, input.text(), input.pair());
        List<int[][]> without = new ArrayList<>();
        for (Words.Word word : words) {
            without.add(new int[][] {cut(encoding.ids(), word), cut(encoding.typeIds(), word)});
        }
        List<double[]> logitsWithout = logitsOfIds(without);
        List<WordContribution> contributions = new ArrayList<>();
        for (int w = 0; w < words.size(); w++) {
            Words.Word word = words.get(w);
            int text = encoding.typeId(word.firstToken());
            String source = text == 1 && input.pair() != null ? input.pair() : input.text();
            double contribution = logOdds(logits, decision) - logOdds(logitsWithout.get(w), decision);
            contributions.add(new WordContribution(
                    source.substring(word.begin(), word.end()), text, word.begin(), word.end(), contribution));
        }
        return new Explanation(answer, List.copyOf(contributions));
    }

    private Encoding encode(Input input) {
        return tokenizer.encode(input.text(), input.pair(), options);
    }

    /** A full encoding that does not reach the end of its text has lost something. */
    private boolean isTruncated(Input input, Encoding encoding) {
        if (encoding.length() < options.maxLength()) {
            return false;
        }
        EncodingOptions oneMore = options.withMaxLength(options.maxLength() + 1);
        return tokenizer.encode(input.text(), input.pair(), oneMore).length() > options.maxLength();
    }

    private static int[] cut(int[] values, Words.Word word) {
        int[] rest = Arrays.copyOf(values, values.length - (word.endToken() - word.firstToken()));
        System.arraycopy(values, word.endToken(), rest, word.firstToken(), values.length - word.endToken());
        return rest;
    }

    private List<double[]> logits(List<Encoding> encodings) {
        return logitsOfIds(encodings.stream()
                .map(encoding -> new int[][] {encoding.ids(), encoding.typeIds()})
                .toList());
    }

    /** Runs sequences in batches of at most {@code maxBatchTokens} tokens (one sequence at least). */
    private List<double[]> logitsOfIds(List<int[][]> sequences) {
        List<double[]> logits = new ArrayList<>(sequences.size());
        int begin = 0;
        while (begin < sequences.size()) {
            int end = begin;
            long tokens = 0;
            while (end < sequences.size()
                    && (end == begin || tokens + sequences.get(end)[0].length <= maxBatchTokens)) {
                tokens += sequences.get(end)[0].length;
                end++;
            }
            List<int[][]> part = sequences.subList(begin, end);
            Batch batch = Batch.of(
                    part.stream().map(s -> s[0]).toArray(int[][]::new),
                    part.stream().map(s -> s[1]).toArray(int[][]::new));
            float[] pooled = encoder.encode(batch, OutputStates.POOLED).poolerOutput(); // [B, H]
            for (int i = 0; i < part.size(); i++) {
                logits.add(head(pooled, i));
            }
            begin = end;
        }
        return logits;
    }

    private double[] head(float[] pooled, int row) {
        int hiddenSize = encoder.config().hiddenSize();
        double[] logits = new double[labels.size()];
        for (int c = 0; c < logits.length; c++) {
            double sum = bias[c];
            for (int h = 0; h < hiddenSize; h++) {
                sum += (double) weight[c * hiddenSize + h] * pooled[row * hiddenSize + h];
            }
            logits[c] = sum;
        }
        return logits;
    }

    private Classification classification(double[] logits, boolean truncated) {
        double max = Arrays.stream(logits).max().orElseThrow();
        double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
        List<Classification.Score> scores = new ArrayList<>(logits.length);
        int best = 0;
        for (int c = 0; c < logits.length; c++) {
            scores.add(new Classification.Score(labels.get(c), Math.exp(logits[c] - max) / sum));
            best = logits[c] > logits[best] ? c : best;
        }
        return new Classification(labels.get(best), scores.get(best).score(), scores, truncated);
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
