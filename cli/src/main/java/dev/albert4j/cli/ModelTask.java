package dev.albert4j.cli;

import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.task.EntityRecognizer;
import dev.albert4j.task.MaskedTokenFiller;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.MultipleChoice;
import dev.albert4j.task.QuestionAnswerer;
import dev.albert4j.task.Reranker;
import dev.albert4j.task.SentenceEmbedder;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextRegressor;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/** A model at its task, as {@code predict} and {@code evaluate} see it. */
interface ModelTask {
    /** Answers lines in their order, each with a line. */
    void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException;

    /**
     * Reads labelled data and measures the model on them.
     *
     * @param progress is told the number of examples done, and of all
     */
    Report evaluate(Path data, DataOptions options, Progress progress) throws IOException;

    /**
     * The same with another threshold.
     *
     * @throws IllegalArgumentException if the task has none, or the value is out of its range
     */
    default ModelTask withThreshold(double threshold) {
        throw new IllegalArgumentException(
                "--threshold is for models that put any number of labels on a text, or answer questions");
    }

    /**
     * The same, but a text leaves the encoder once so many layers have agreed with the one before them.
     *
     * @throws IllegalArgumentException if the task, the model or the engine has no such exits, or the value is out of its range
     */
    default ModelTask withPatience(int patience) {
        throw new IllegalArgumentException("--patience is for models that put one label on a text");
    }

    /** Hears how far an evaluation is. */
    @FunctionalInterface
    interface Progress {
        void show(int done, int all);

        /** The same for a number of examples that is known. */
        default IntConsumer of(int all) {
            return done -> show(done, all);
        }
    }

    /**
     * A model at work.
     *
     * @param weights of the directory
     * @throws IllegalArgumentException if the model has no head that can be put to work
     */
    static ModelTask of(ModelDirectory directory, AlbertWeights weights, Encoder encoder, int batchTokens) {
        AlbertConfig config = directory.config();
        Tokenizer tokenizer = Models.tokenizer(directory);
        switch (config.head()) {
            case NONE -> {
                SentenceConfig sentences = directory.sentences().orElse(SentenceConfig.of(config));
                return new EmbeddingTask(new SentenceEmbedder(tokenizer, encoder, sentences, batchTokens));
            }
            case TOKEN_CLASSIFICATION -> {
                return new EntityTask(new EntityRecognizer(tokenizer, weights, encoder, batchTokens));
            }
            case QUESTION_ANSWERING -> {
                return new AnswerTask(
                        new QuestionAnswerer(tokenizer, weights, encoder, batchTokens, AnswerTask.OPTIONS));
            }
            case MULTIPLE_CHOICE -> {
                return new ChoiceTask(new MultipleChoice(tokenizer, weights, encoder, batchTokens));
            }
            case MASKED_LM, PRE_TRAINING -> {
                return new FillMaskTask(new MaskedTokenFiller(tokenizer, weights, encoder, batchTokens));
            }
            default -> {
                return sequenceTask(config, tokenizer, weights, encoder, batchTokens);
            }
        }
    }

    private static ModelTask sequenceTask(
            AlbertConfig config, Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int batchTokens) {
        if (Reranker.canServe(config)) {
            return new RerankTask(new Reranker(tokenizer, weights, encoder, batchTokens));
        }
        if (MultiLabelClassifier.canServe(config)) {
            return new MultiLabelTask(new MultiLabelClassifier(tokenizer, weights, encoder, batchTokens));
        }
        if (TextRegressor.canServe(config)) {
            return new RegressionTask(new TextRegressor(tokenizer, weights, encoder, batchTokens));
        }
        return new ClassificationTask(new TextClassifier(tokenizer, weights, encoder, batchTokens));
    }
}
