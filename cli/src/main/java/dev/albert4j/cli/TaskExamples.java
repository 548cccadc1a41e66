package dev.albert4j.cli;

import dev.albert4j.data.LabeledText;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.Reranker;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextRegressor;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Labelled data of the task that a model is at, as examples to learn from. */
final class TaskExamples {
    private static final int MAX_LENGTH = 512;

    private TaskExamples() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if the model has no head
     */
    static TrainingTask read(ModelDirectory directory, Path file, DataOptions options) throws IOException {
        AlbertConfig config = directory.config();
        TrainingTasks tasks =
                new TrainingTasks(Models.tokenizer(directory), Math.min(MAX_LENGTH, config.maxPositionEmbeddings()));
        return switch (config.head()) {
            case NONE ->
                throw new IllegalArgumentException(
                        directory.path() + " has no head: what is important is measured by the loss of a task");
            case SEQUENCE_CLASSIFICATION -> sequenceTask(config, tasks, file, options);
            case TOKEN_CLASSIFICATION -> tasks.entities(options.tagged(file), List.of(), config.labels());
            case QUESTION_ANSWERING -> {
                List<QuestionContext> questions = options.questions(file);
                yield tasks.answers(questions, List.of(), AnswerTask.script(questions));
            }
            case MULTIPLE_CHOICE -> tasks.choices(options.choices(file), List.of());
            case MASKED_LM, PRE_TRAINING ->
                tasks.maskedTokens(
                        options.plainTexts(file).stream().map(LabeledText::text).toList(), List.of());
        };
    }

    private static TrainingTask sequenceTask(AlbertConfig config, TrainingTasks tasks, Path file, DataOptions options)
            throws IOException {
        if (Reranker.canServe(config)) {
            return tasks.rankings(options.rankings(file), List.of());
        }
        List<String> labels = TextClassifier.labels(config);
        if (MultiLabelClassifier.canServe(config)) {
            return tasks.multiLabel(options.multiLabelTexts(file), List.of(), labels);
        }
        return TextRegressor.canServe(config)
                ? tasks.regression(options.texts(file), List.of())
                : tasks.classification(options.texts(file), List.of(), labels);
    }
}
