package dev.albert4j.cli;

import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.util.List;
import java.util.Locale;

/** Questions with options to choose from. */
record ChoiceData(Split<ChoiceQuestion> questions) implements TaskData {
    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d questions to learn from, %,d to evaluate on",
                questions.train().size(),
                questions.dev().size());
    }

    @Override
    public AlbertConfig configure(AlbertConfig model) {
        return model.toBuilder()
                .head(Head.MULTIPLE_CHOICE)
                .labels(List.of())
                .problemType(ProblemType.UNSPECIFIED)
                .build();
    }

    @Override
    public TrainingTask task(TrainingTasks tasks) {
        return tasks.choices(questions.train(), questions.dev());
    }
}
