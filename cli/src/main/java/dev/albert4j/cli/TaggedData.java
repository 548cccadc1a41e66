package dev.albert4j.cli;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.Span;
import dev.albert4j.data.TaggedText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.EntityRecognizer;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.util.List;
import java.util.Locale;

/** Texts with what is named in them. */
final class TaggedData implements TaskData {
    private final Split<TaggedText> texts;
    private final List<String> types;

    /** @param types as {@link #types} */
    TaggedData(Split<TaggedText> texts, List<String> types) {
        this.texts = texts;
        this.types = types;
    }

    /**
     * What is named in texts, sorted.
     *
     * @throws IllegalArgumentException if nothing is
     */
    static List<String> types(List<TaggedText> texts) {
        List<String> types = texts.stream()
                .flatMap(text -> text.spans().stream())
                .map(Span::type)
                .distinct()
                .sorted()
                .toList();
        if (types.isEmpty()) {
            throw new IllegalArgumentException("nothing is marked in the training texts");
        }
        return types;
    }

    /** @throws BadExampleException if a text names a type that is none of these */
    static void check(TaggedText text, List<String> types) {
        for (Span span : text.spans()) {
            if (!types.contains(span.type())) {
                throw new BadExampleException(
                        text.line(),
                        "type \"" + span.type() + "\" is not one of the training texts' "
                                + DataOptions.abbreviate(types));
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
