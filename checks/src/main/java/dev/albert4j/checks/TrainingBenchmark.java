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
import java.nio.file.Files;
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
        report(arguments, reports.subList(WARM_UP_STEPS, reports.size()), examples);
    }

    private static AlbertConfig model(String size, Tokenizer tokenizer) {
        AlbertConfig config = switch (size) {
            case "tiny" -> RandomModel.tiny();
            case "base" -> RandomModel.base();
            default -> throw new IllegalArgumentException("size " + size + " is neither tiny nor base");
        };
        return config.toBuilder()
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

    private static void report(String[] arguments, List<StepReport> steps, List<Example> examples) throws IOException {
        double meanTokens =
                examples.stream().mapToInt(Example::length).average().orElseThrow() * BATCH_SIZE;
        double seconds = steps.stream()
                .mapToDouble(step -> meanTokens / step.tokensPerSecond())
                .sum();
        double[] rates =
                steps.stream().mapToDouble(StepReport::tokensPerSecond).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "{\"model\":\"%s\",\"threads\":%s,\"steps\":%d,\"real_tokens_per_s\":%.1f,\"median_real_tokens_per_s\":%.1f,"
                        + "\"peak_rss_mb\":%d,\"java\":\"%s\"}%n",
                arguments[2],
                arguments[4],
                steps.size(),
                meanTokens * steps.size() / seconds,
                rates[rates.length / 2],
                peakResidentMegabytes(),
                System.getProperty("java.version"));
    }

    /** Linux tells; elsewhere 0. */
    private static long peakResidentMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
