package dev.albert4j.cli;

import dev.albert4j.data.Span;
import dev.albert4j.data.TaggedText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.EntityRecognizer;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Texts with what is named in them. */
final class TaggedData implements TaskData {
    private final Split<TaggedText> texts;
    private final List<String> types;

    /**
     * @param devFile where the development texts come from, for the message
     * @throws IllegalArgumentException if nothing is named, or the development texts name another type
     */
    TaggedData(Split<TaggedText> texts, Path devFile) {
        this.texts = texts;
        types = texts.train().stream()
                .flatMap(text -> text.spans().stream())
                .map(Span::type)
                .distinct()
                .sorted()
                .toList();
        if (types.isEmpty()) {
            throw new IllegalArgumentException("nothing is marked in the training texts");
        }
        for (TaggedText text : texts.dev()) {
            for (Span span : text.spans()) {
                if (!types.contains(span.type())) {
                    throw new IllegalArgumentException(devFile + " line " + text.line() + ": type \"" + span.type()
                            + "\" is not one of the training texts' " + DataOptions.abbreviate(types));
                }
            }
        }
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d texts to learn from, %,d to evaluate on, types %s",
                texts.train().size(),
                texts.dev().size(),
                DataOptions.abbreviate(types));
    }

    @Override
    public AlbertConfig configure(AlbertConfig model) {
        return model.toBuilder()
                .head(Head.TOKEN_CLASSIFICATION)
                .labels(EntityRecognizer.tags(types))
                .problemType(ProblemType.UNSPECIFIED)
                .build();
    }

    @Override
    public TrainingTask task(TrainingTasks tasks, TrainConfig settings) {
        return tasks.entities(texts.train(), texts.dev(), EntityRecognizer.tags(types));
    }
}
