package dev.albert4j.cli;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextRegressor;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Labelled texts, or pairs of texts. */
final class LabeledData implements TaskData {
    private final ProblemType type;
    private final Split<LabeledText> texts;
    private final List<String> labels; // empty for regression

    /**
     * @param type how the labels are meant
     * @param labels as {@link #labels(ProblemType, List)}
     */
    LabeledData(ProblemType type, Split<LabeledText> texts, List<String> labels) {
        this.type = type;
        this.texts = texts;
        this.labels = labels;
    }

    /**
     * The labels of texts, sorted; none for regression.
     *
     * @throws IllegalArgumentException if there are too few to tell texts apart
     */
    static List<String> labels(ProblemType type, List<LabeledText> texts) {
        if (type == ProblemType.REGRESSION) {
            return List.of();
        }
        boolean many = type == ProblemType.MULTI_LABEL_CLASSIFICATION;
        List<String> labels = sorted(texts.stream()
                .flatMap(text -> many ? MultiLabelClassifier.split(text.label()).stream() : names(text).stream())
                .distinct()
                .toList());
        if (labels.size() < (many ? 1 : 2)) {
            throw new IllegalArgumentException(
                    labels.isEmpty()
                            ? "the training texts have no label"
                            : "the training texts have one label only, " + labels
                                    + "; classification needs at least two");
        }
        return labels;
    }

    /** The labels that a text names. */
    static Set<String> names(LabeledText text) {
        return text.probabilities().isEmpty()
                ? Set.of(text.label())
                : text.probabilities().keySet();
    }

    /** @throws BadExampleException if a text's label is no number, or none of the labels */
    static void check(ProblemType type, LabeledText text, List<String> labels) {
        switch (type) {
            case REGRESSION -> TextRegressor.number(text);
            case MULTI_LABEL_CLASSIFICATION -> MultiLabelClassifier.flags(text, labels);
            case SINGLE_LABEL_CLASSIFICATION, UNSPECIFIED -> TextClassifier.index(text, labels);
        }
    }

    /** Numbers by value, others by name. */
    private static List<String> sorted(List<String> names) {
        List<String> labels = new ArrayList<>(names);
        boolean numbers = labels.stream().allMatch(label -> label.matches("-?\\d{1,9}"));
        labels.sort(numbers ? Comparator.comparingInt(Integer::parseInt) : Comparator.naturalOrder());
        return labels;
    }

    @Override
    public String description() {
        String counts = String.format(
                Locale.ROOT,
                "%,d texts to learn from, %,d to evaluate on",
                texts.train().size(),
                texts.dev().size());
        return labels.isEmpty() ? counts : counts + ", labels " + DataOptions.abbreviate(labels);
    }

    @Override
    public AlbertConfig configure(AlbertConfig model) {
        return model.toBuilder()
                .head(Head.SEQUENCE_CLASSIFICATION)
                .labels(type == ProblemType.REGRESSION ? List.of("LABEL_0") : labels)
                .problemType(type)
                .build();
    }

    @Override
    public TrainingTask task(TrainingTasks tasks, TrainConfig settings) {
        return switch (type) {
            case REGRESSION -> tasks.regression(texts.train(), texts.dev());
            case MULTI_LABEL_CLASSIFICATION -> tasks.multiLabel(texts.train(), texts.dev(), labels);
            case SINGLE_LABEL_CLASSIFICATION, UNSPECIFIED -> tasks.classification(texts.train(), texts.dev(), labels);
        };
    }
}
