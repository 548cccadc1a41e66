package dev.albert4j.task;

import dev.albert4j.data.RankedQuery;
import dev.albert4j.metric.RankingReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Ranks texts by how well they fit a query, reading each together with the query (a cross-encoder): the head of Hugging Face's
 * {@code AlbertForSequenceClassification} with one label, as sentence-transformers' {@code CrossEncoder} uses it. The configuration
 * tells it from a regression by {@code "finetuning_task": "rerank"}. Thread-safe; does not close the encoder it was given.
 */
public final class Reranker {
    private static final String FINETUNING_TASK = "rerank";

    private final HeadRunner runner;

    /**
     * A query with texts to rank.
     *
     * @param query what is looked for
     * @param texts the candidates, one at least
     */
    public record Input(String query, List<String> texts) {
        /** @throws IllegalArgumentException if there is no text */
        public Input {
            texts = List.copyOf(texts);
            if (texts.isEmpty()) {
                throw new IllegalArgumentException("there is no text to rank");
            }
        }
    }

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the model is no re-ranker, or the tokenizer is another model's
     */
    public Reranker(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (!canServe(config)) {
            throw new IllegalArgumentException(
                    "the model is no re-ranker but " + config.head().architecture() + " with " + config.numLabels()
                            + " labels and finetuning_task \"" + config.finetuningTask() + "\"");
        }
        this.runner = new HeadRunner(tokenizer, weights, "classifier", encoder, maxBatchTokens);
    }

    /** Whether a model ranks texts. */
    public static boolean canServe(AlbertConfig config) {
        return config.head() == Head.SEQUENCE_CLASSIFICATION
                && config.numLabels() == 1
                && config.finetuningTask().equals(FINETUNING_TASK);
    }

    /** A model's configuration with the head of a re-ranker. */
    public static AlbertConfig configure(AlbertConfig model) {
        return model.toBuilder()
                .head(Head.SEQUENCE_CLASSIFICATION)
                .labels(List.of("LABEL_0"))
                .problemType(ProblemType.UNSPECIFIED)
                .finetuningTask(FINETUNING_TASK)
                .build();
    }

    /** Ranks the texts of one query, the best first; of equal ones the earlier first. */
    public List<RankedText> rank(String query, List<String> texts) {
        return rank(List.of(new Input(query, texts))).get(0);
    }

    /** Ranks the texts of each query, in the queries' order. */
    public List<List<RankedText>> rank(List<Input> inputs) {
        List<double[]> logits = logits(inputs);
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> ranking(inputs.get(i).texts(), logits.get(i)))
                .toList();
    }

    private static List<RankedText> ranking(List<String> texts, double[] logits) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -logits[i]))
                .map(i -> new RankedText(i, texts.get(i), 1 / (1 + Math.exp(-logits[i]))))
                .toList();
    }

    private List<double[]> logits(List<Input> inputs) {
        return runner.scores(
                inputs,
                input -> encodings(
                        runner.tokenizer(),
                        input.query(),
                        input.texts(),
                        runner.options().maxLength()));
    }

    /**
     * Measures the model.
     *
     * @param progress is told how many queries are done
     */
    public RankingReport evaluate(List<RankedQuery> queries, IntConsumer progress) {
        RankingReport.Sum sum = new RankingReport.Sum();
        Chunks.forEach(queries, progress, (begin, part) -> {
            List<double[]> logits = logits(part.stream()
                    .map(query -> new Input(query.query(), query.texts()))
                    .toList());
            for (int i = 0; i < part.size(); i++) {
                sum.add(
                        part.get(i).labels().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray(),
                        logits.get(i));
            }
        });
        return sum.report();
    }

    /** What the model reads for each text: the query and the text, the longer of both cut where they are too long. */
    public static List<Encoding> encodings(Tokenizer tokenizer, String query, List<String> texts, int maxLength) {
        EncodingOptions options = EncodingOptions.DEFAULT.withMaxLength(maxLength);
        return texts.stream()
                .map(text -> tokenizer.encode(query, text, options))
                .toList();
    }
}
