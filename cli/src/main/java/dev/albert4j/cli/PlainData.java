package dev.albert4j.cli;

import dev.albert4j.data.LabeledText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.model.ProblemType;
import dev.albert4j.train.TrainingTask;
import dev.albert4j.train.TrainingTasks;
import java.util.List;
import java.util.Locale;

/** Texts without labels, whose words are hidden and guessed. */
record PlainData(Split<LabeledText> texts) implements TaskData {
    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "%,d texts to learn from, %,d to evaluate on",
                texts.train().size(),
                texts.dev().size());
    }

    @Override
    public AlbertConfig configure(AlbertConfig model) {
        return model.toBuilder()
                .head(Head.MASKED_LM)
                .labels(List.of())
                .problemType(ProblemType.UNSPECIFIED)
                .build();
    }

    @Override
    public TrainingTask task(TrainingTasks tasks) {
        return tasks.maskedTokens(plain(texts.train()), plain(texts.dev()));
    }

    private static List<String> plain(List<LabeledText> texts) {
        return texts.stream().map(LabeledText::text).toList();
    }
}
