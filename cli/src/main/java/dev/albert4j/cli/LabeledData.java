package dev.albert4j.cli;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.TextRegressor;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Labelled texts, or pairs of texts. */
final class LabeledData implements TaskData {
    private final ProblemType type;
    private final Split<LabeledText> texts;
    private final List<String> labels; // empty for regression

    /**
     * @param type how the labels are meant
     * @param devFile where the development texts come from, for the message
     * @throws IllegalArgumentException naming the line of a label that is none of the training texts', or no number
     */
    LabeledData(ProblemType type, Split<LabeledText> texts, Path trainFile, Path devFile) {
        this.type = type;
        this.texts = texts;
        if (type == ProblemType.REGRESSION) {
            checkNumbers(texts.train(), trainFile);
            checkNumbers(texts.dev(), devFile);
            labels = List.of();
            return;
        }
        labels = sorted(texts.train().stream().flatMap(this::labels).distinct().toList());
        int least = type == ProblemType.MULTI_LABEL_CLASSIFICATION ? 1 : 2;
        if (labels.size() < least) {
            throw new IllegalArgumentException(
                    labels.isEmpty()
                            ? "the training texts have no label"
                            : "the training texts have one label only, " + labels
                                    + "; classification needs at least two");
        }
        for (LabeledText text : texts.dev()) {
            labels(text).filter(label -> !labels.contains(label)).findFirst().ifPresent(label -> {
                throw new IllegalArgumentException(devFile + " line " + text.line() + ": label \"" + label
                        + "\" is not one of the training texts' " + DataOptions.abbreviate(labels));
            });
        }
    }

    private static void checkNumbers(List<LabeledText> texts, Path file) {
        for (LabeledText text : texts) {
            try {
                TextRegressor.number(text);
            } catch (BadExampleException e) {
                throw new IllegalArgumentException(file + " " + e.getMessage(), e);
            }
        }
    }

    private Stream<String> labels(LabeledText text) {
        return type == ProblemType.MULTI_LABEL_CLASSIFICATION
                ? MultiLabelClassifier.split(text.label()).stream()
                : Stream.of(text.label());
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
