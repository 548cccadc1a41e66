package dev.albert4j.checks;

import dev.albert4j.data.Columns;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.train.AlbertModel;
import dev.albert4j.train.Example;
import dev.albert4j.train.Loss;
import dev.albert4j.train.StepReport;
import dev.albert4j.train.TaskObjective;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Measures how fast a classifier is fine-tuned, under the settings of {@code training_peer.py}: random weights, texts at their
 * natural lengths cut at 256 tokens, batches of 32, dropout 0.1. Prints one JSON line: real tokens a second over all steps
 * after the warm-up and for the median step, and the largest resident memory of the process.
 *
 * <p>Arguments: labelled texts, the tokenizer's directory, {@code tiny} or {@code base}, steps, threads.
 */
public final class TrainingBenchmark {
    private static final int BATCH_SIZE = 32;
    private static final int MAX_LENGTH = 256;
    private static final int WARM_UP_STEPS = 5;

    private TrainingBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 5) {
            throw new IllegalArgumentException(
                    "got " + arguments.length + " arguments; expected TEXTS TOKENIZER tiny|base STEPS THREADS");
        }
        int steps = Integer.parseInt(arguments[3]);
        Tokenizer tokenizer = Tokenizer.load(Path.of(arguments[1]));
        List<Example> examples = examples(Path.of(arguments[0]), tokenizer, (steps + WARM_UP_STEPS) * BATCH_SIZE);
        TrainConfig config = TrainConfig.parse(String.format(
                Locale.ROOT,
                "{\"steps\":%d,\"batchSize\":%d,\"maxLength\":%d,\"numThreads\":%s}",
                steps + WARM_UP_STEPS,
                BATCH_SIZE,
                MAX_LENGTH,
                arguments[4]));
        List<StepReport> reports = new ArrayList<>();
        AlbertWeights weights = RandomModel.weights(model(arguments[2], tokenizer), 1);
        try (AlbertModel model = new AlbertModel(weights);
                TaskObjective objective =
                        new TaskObjective(model, Loss.CLASSIFICATION, examples, config, tokenizer.vocabulary());
                Trainer trainer = new Trainer(objective, config)) {
            while (!trainer.isDone()) {
                reports.add(trainer.step());
            }
        }
        TrainingSpeed.print(arguments[2], arguments[4], config, reports.subList(WARM_UP_STEPS, reports.size()));
    }

    private static AlbertConfig model(String size, Tokenizer tokenizer) {
        return RandomModel.named(size).toBuilder()
                .vocabSize(tokenizer.vocabulary().size())
                .head(Head.SEQUENCE_CLASSIFICATION)
                .labels(List.of("0", "1"))
                .hiddenDropoutProb(0.1)
                .attentionProbsDropoutProb(0.1)
                .build();
    }

    private static List<Example> examples(Path file, Tokenizer tokenizer, int count) throws IOException {
        List<LabeledText> texts = new ArrayList<>(LabeledTextReader.read(file, Columns.DEFAULT));
        Collections.shuffle(texts, new Random(1));
        EncodingOptions options = EncodingOptions.DEFAULT.withMaxLength(MAX_LENGTH);
        return texts.stream()
                .limit(count)
                .map(text -> {
                    Encoding encoding = tokenizer.encode(text.text(), text.pair(), options);
                    return Example.of(
                            encoding.ids(), encoding.typeIds(), text.label().equals("1") ? 1 : 0);
                })
                .toList();
    }
}
