package dev.albert4j.cli;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.data.RankedQuery;
import dev.albert4j.data.TaggedText;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.Reranker;
import dev.albert4j.train.TrainingTasks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The data of {@code albert finetune}: read, checked, and split into what is learned from and what is evaluated on.
 *
 * @param kind what is learned
 * @param train file to learn from
 * @param dev file to evaluate on
 * @param devShare share of {@code train} to evaluate on, where there is no such file
 * @param folds number of parts of {@code train}, each of which is evaluated on once; 0 for none
 * @param seed chooses what is held out
 * @param options how files are read
 * @param labelNames other names for the labels of a classification; none to leave them
 * @param normalize whether embeddings are to have length 1
 */
record FinetuneData(
        FinetuneTask kind,
        Path train,
        @Nullable Path dev,
        double devShare,
        int folds,
        long seed,
        DataOptions options,
        Map<String, String> labelNames,
        boolean normalize) {
    private static final Split.By<LabeledText> TEXTS_ALONE =
            new Split.By<>(text -> "", Split.By.alone(), LabeledText::line);

    /** Whether there is anything to evaluate on. */
    boolean evaluates() {
        return dev != null || devShare > 0 || folds > 0;
    }

    /** The data of a run, or of one for each fold. All know the same labels. */
    List<TaskData> read() throws IOException {
        if (!labelNames.isEmpty() && kind != FinetuneTask.CLASSIFICATION) {
            throw new IllegalArgumentException("--label-names is for --task classification");
        }
        return switch (kind) {
            case CLASSIFICATION, MULTI_LABEL, REGRESSION, SIMILARITY -> labeled();
            case NER -> tagged();
            case QA -> {
                Split.By<QuestionContext> by =
                        new Split.By<>(question -> "", QuestionContext::context, QuestionContext::number);
                yield each(
                        options::questions,
                        by,
                        split -> new ExampleData<>(
                                "questions",
                                split,
                                ExampleData.head(Head.QUESTION_ANSWERING),
                                (tasks, learn, test) -> tasks.answers(learn, test, AnswerTask.script(learn))));
            }
            case MULTIPLE_CHOICE -> {
                Split.By<ChoiceQuestion> by =
                        new Split.By<>(question -> "", ChoiceQuestion::context, ChoiceQuestion::number);
                yield each(
                        options::choices,
                        by,
                        split -> new ExampleData<>(
                                "questions", split, ExampleData.head(Head.MULTIPLE_CHOICE), TrainingTasks::choices));
            }
            case RERANK -> {
                Split.By<RankedQuery> by = new Split.By<>(query -> "", Split.By.alone(), RankedQuery::line);
                yield each(
                        options::rankings,
                        by,
                        split -> new ExampleData<>("queries", split, Reranker::configure, TrainingTasks::rankings));
            }
            case FILL_MASK ->
                each(
                        options::plainTexts,
                        TEXTS_ALONE,
                        split -> new ExampleData<>(
                                "texts",
                                split,
                                ExampleData.head(Head.MASKED_LM),
                                (tasks, learn, test) -> tasks.maskedTokens(plain(learn), plain(test))));
            case EMBEDDING ->
                each(
                        options::plainTexts,
                        TEXTS_ALONE,
                        split -> new EmbeddingData(split, normalize, train, dev == null ? train : dev));
        };
    }

    private static List<String> plain(List<LabeledText> texts) {
        return texts.stream().map(LabeledText::text).toList();
    }

    private List<TaskData> labeled() throws IOException {
        ProblemType type = kind.problemType();
        List<LabeledText> all = texts(train);
        List<String> labels = LabeledData.labels(type, all);
        List<LabeledText> held =
                dev == null ? null : options.checked(dev, texts(dev), text -> LabeledData.check(type, text, labels));
        // Numbers are all different, and so are most sets of labels: held out without regard to them.
        boolean single = kind == FinetuneTask.CLASSIFICATION;
        Split.By<LabeledText> by =
                new Split.By<>(single ? LabeledText::label : text -> "", Split.By.alone(), LabeledText::line);
        return each(all, held, by, split -> new LabeledData(type, split, labels));
    }

    /** The good texts of a file, with their labels renamed. */
    private List<LabeledText> texts(Path file) throws IOException {
        List<LabeledText> texts = options.checked(file, kind.readTexts(file, options), this::check);
        if (labelNames.isEmpty()) {
            return texts;
        }
        return texts.stream().map(this::renamed).toList();
    }

    private LabeledText renamed(LabeledText text) {
        if (text.probabilities().isEmpty()) {
            return new LabeledText(
                    text.text(), text.pair(), labelNames.getOrDefault(text.label(), text.label()), text.line());
        }
        Map<String, Float> renamed = new HashMap<>();
        text.probabilities()
                .forEach((label, probability) ->
                        renamed.merge(labelNames.getOrDefault(label, label), probability, Float::sum));
        return new LabeledText(text.text(), text.pair(), renamed, text.line());
    }

    /** What can be found wrong with a text without the other texts. */
    private void check(LabeledText text) {
        if (kind == FinetuneTask.SIMILARITY && text.pair() == null) {
            throw new BadExampleException(text.line(), "has no second text; similarity compares text and text_pair");
        }
        if (kind.problemType() == ProblemType.REGRESSION) {
            LabeledData.check(kind.problemType(), text, List.of());
        }
        for (String label : LabeledData.names(text)) {
            if (!labelNames.isEmpty() && !labelNames.containsKey(label)) {
                throw new BadExampleException(
                        text.line(), "label \"" + label + "\" has no name in --label-names " + labelNames);
            }
        }
    }

    private List<TaskData> tagged() throws IOException {
        List<TaggedText> all = options.tagged(train);
        List<String> types = TaggedData.types(all);
        List<TaggedText> held =
                dev == null ? null : options.checked(dev, options.tagged(dev), text -> TaggedData.check(text, types));
        Split.By<TaggedText> by = new Split.By<>(text -> "", Split.By.alone(), TaggedText::line);
        return each(all, held, by, split -> new TaggedData(split, types));
    }

    private <T> List<TaskData> each(Reader<T> reader, Split.By<T> by, Function<Split<T>, TaskData> task)
            throws IOException {
        List<T> all = reader.read(train);
        return each(all, dev == null ? null : reader.read(dev), by, task);
    }

    @FunctionalInterface
    private interface Reader<T> {
        List<T> read(Path file) throws IOException;
    }

    private <T> List<TaskData> each(
            List<T> all, @Nullable List<T> held, Split.By<T> by, Function<Split<T>, TaskData> task) {
        List<Split<T>> splits;
        if (folds > 0) {
            splits = by.folds(all, folds, seed);
        } else {
            splits = List.of(held == null ? by.share(all, devShare, seed) : new Split<>(all, held));
        }
        return splits.stream().map(task).toList();
    }
}
