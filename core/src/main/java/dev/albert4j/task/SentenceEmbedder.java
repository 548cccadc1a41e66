package dev.albert4j.task;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.RankingReport;
import dev.albert4j.metric.Report;
import dev.albert4j.metric.SimilarityReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.OutputStates;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.model.SentenceConfig.Pooling;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Makes a vector of a text, near to those of texts that mean the same: tokenizer, encoder, and sentence-transformers' pooling of the
 * last hidden states. Thread-safe; does not close the encoder it was given.
 */
public final class SentenceEmbedder {
    private static final double LEAST_LENGTH = 1e-12; // as PyTorch's normalize

    private final BatchRunner runner;
    private final SentenceConfig sentences;
    private final int hiddenSize;

    /**
     * @param tokenizer the model's tokenizer
     * @param encoder runs the model, whatever its head
     * @param sentences how vectors are made: the model directory's, or {@link SentenceConfig#of}
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the tokenizer is another model's, or the model has too few positions
     */
    public SentenceEmbedder(Tokenizer tokenizer, Encoder encoder, SentenceConfig sentences, int maxBatchTokens) {
        AlbertConfig config = encoder.config();
        if (sentences.maxLength() > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("maxLength " + sentences.maxLength() + " exceeds the model's "
                    + config.maxPositionEmbeddings() + " positions");
        }
        this.runner = new BatchRunner(tokenizer, config.vocabSize(), sentences.maxLength(), encoder, maxBatchTokens);
        this.sentences = sentences;
        this.hiddenSize = config.hiddenSize();
    }

    /** The vector of a text, [H]. */
    public float[] embed(String text) {
        return embed(List.of(text)).get(0);
    }

    /** The vectors of texts, each [H], in their order; new arrays, owned by the caller. */
    public List<float[]> embed(List<String> texts) {
        List<Sequence> sequences = texts.stream()
                .map(text -> Sequence.of(runner.encode(text, null)))
                .toList();
        return runner.run(
                sequences,
                OutputStates.LAST,
                (output, row, firstToken, length) -> pool(output.lastHiddenState(), firstToken, length));
    }

    /** @param states [N, H], of which {@code length} rows are the text's */
    private float[] pool(float[] states, int firstToken, int length) {
        int count = sentences.pooling() == Pooling.CLS ? 1 : length;
        double[] sum = new double[hiddenSize];
        for (int token = firstToken; token < firstToken + count; token++) {
            for (int h = 0; h < hiddenSize; h++) {
                sum[h] += states[token * hiddenSize + h];
            }
        }
        double squares = 0;
        for (double value : sum) {
            squares += value * value;
        }
        double divisor = sentences.normalized() ? Math.max(Math.sqrt(squares), LEAST_LENGTH) : count;
        float[] pooled = new float[hiddenSize];
        for (int h = 0; h < hiddenSize; h++) {
            pooled[h] = (float) (sum[h] / divisor);
        }
        return pooled;
    }

    /**
     * The cosine of the angle between two vectors, -1 to 1; 0 if one of them is 0.
     *
     * @throws IllegalArgumentException if their sizes differ
     */
    public static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("vectors of sizes " + a.length + " and " + b.length + " have no cosine");
        }
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return aa == 0 || bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
    }

    /**
     * Measures the model on pairs of texts. If they are labelled with scores: how the cosines go along with them. If they have no
     * labels: each first text is a query for which all the second texts are ranked by cosine, and its own is to be the first.
     *
     * @param progress is told how many pairs are done
     * @throws BadExampleException naming the line of a text without a second one, or of a label that is no number
     */
    public Report evaluate(List<LabeledText> pairs, IntConsumer progress) {
        boolean scored = isScored(pairs);
        List<float[]> first = new ArrayList<>();
        List<float[]> second = new ArrayList<>();
        Chunks.forEach(pairs, progress, (begin, part) -> {
            first.addAll(embed(part.stream().map(LabeledText::text).toList()));
            second.addAll(embed(part.stream().map(SentenceEmbedder::pair).toList()));
        });
        return scored ? similarity(pairs, first, second) : retrieval(pairs, first, second);
    }

    /**
     * Whether pairs of texts are labelled with scores.
     *
     * @throws BadExampleException naming the line of a text without a second one, or of a label that is no number; a label among texts
     *     without one, or none among labelled ones
     */
    public static boolean isScored(List<LabeledText> pairs) {
        boolean scored = !pairs.isEmpty() && !pairs.get(0).label().isBlank();
        for (LabeledText text : pairs) {
            pair(text);
            if (text.label().isBlank() == scored) {
                throw new BadExampleException(
                        text.line(),
                        scored
                                ? "has no label, but those before it have"
                                : "has a label, but those before it have none");
            }
            if (scored) {
                TextRegressor.number(text);
            }
        }
        return scored;
    }

    /**
     * Whether texts to learn from are pairs.
     *
     * @throws BadExampleException naming the line of a pair among single texts, or of a single text among pairs
     */
    public static boolean arePairs(List<LabeledText> texts) {
        boolean pairs = !texts.isEmpty() && texts.get(0).pair() != null;
        for (LabeledText text : texts) {
            if (pairs != (text.pair() != null)) {
                throw new BadExampleException(
                        text.line(),
                        pairs
                                ? "has no second text, but those before it have"
                                : "has a second text, but those before it have none");
            }
        }
        return pairs;
    }

    private static String pair(LabeledText text) {
        if (text.pair() == null) {
            throw new BadExampleException(text.line(), "has no second text; embeddings are measured on pairs of texts");
        }
        return text.pair();
    }

    private static Report similarity(List<LabeledText> pairs, List<float[]> first, List<float[]> second) {
        double[] cosines = new double[pairs.size()];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = cosine(first.get(i), second.get(i));
        }
        return SimilarityReport.of(
                        pairs.stream().mapToDouble(TextRegressor::number).toArray(), cosines)
                .toReport();
    }

    private static Report retrieval(List<LabeledText> pairs, List<float[]> first, List<float[]> second) {
        RankingReport.Sum sum = new RankingReport.Sum();
        for (int query = 0; query < pairs.size(); query++) {
            double[] labels = new double[pairs.size()];
            double[] cosines = new double[pairs.size()];
            for (int i = 0; i < cosines.length; i++) {
                labels[i] = pair(pairs.get(i)).equals(pairs.get(query).pair()) ? 1 : 0;
                cosines[i] = cosine(first.get(query), second.get(i));
            }
            sum.add(labels, cosines);
        }
        return sum.report().toReport();
    }
}
