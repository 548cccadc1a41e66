package dev.albert4j.checks;

import dev.albert4j.corpus.PretrainingExamples;
import dev.albert4j.corpus.SegmentRules;
import dev.albert4j.corpus.TokenCorpus;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.train.Finetuner;
import dev.albert4j.train.PretrainingTask;
import dev.albert4j.train.StepReport;
import dev.albert4j.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures how fast a model is pre-trained, under the settings of {@code pretraining_peer.py}: random weights, examples of 128 tokens of
 * which 20 are hidden, batches of 32, no dropout, AdamW. The examples are made of a corpus while it trains, as {@code albert
 * pretrain} does. Prints one JSON line ({@link TrainingSpeed}).
 *
 * <p>Arguments: corpus, the tokenizer's directory, {@code tiny} or {@code base}, steps, threads, {@code fp32} or {@code bf16}.
 */
public final class PretrainingBenchmark {
    private static final int BATCH_SIZE = 32;
    private static final int MAX_LENGTH = 128;
    private static final int WARM_UP_STEPS = 5;

    private PretrainingBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 6) {
            throw new IllegalArgumentException("got " + arguments.length
                    + " arguments; expected CORPUS TOKENIZER tiny|base STEPS THREADS fp32|bf16");
        }
        Tokenizer tokenizer = Tokenizer.load(Path.of(arguments[1]));
        TrainConfig config = TrainConfig.parse(String.format(
                Locale.ROOT,
                "{\"steps\":%d,\"batchSize\":%d,\"maxLength\":%d,\"numThreads\":%s,\"precision\":\"%s\"}",
                Integer.parseInt(arguments[3]) + WARM_UP_STEPS,
                BATCH_SIZE,
                MAX_LENGTH,
                arguments[4],
                arguments[5].toUpperCase(Locale.ROOT)));
        List<StepReport> reports = new ArrayList<>();
        Path tokens = Files.createTempDirectory("tokens");
        try {
            PretrainingExamples examples = examples(Path.of(arguments[0]), tokens, tokenizer);
            new Finetuner(RandomModel.weights(model(arguments[2], tokenizer), 1), tokenizer, config)
                    .onStep(reports::add)
                    .run(new PretrainingTask(examples, null, true, Map.of()));
        } finally {
            TokenCorpus.delete(tokens);
        }
        TrainingSpeed.print(arguments[2], arguments[4], config, reports.subList(WARM_UP_STEPS, reports.size()));
    }

    private static AlbertConfig model(String size, Tokenizer tokenizer) {
        return RandomModel.named(size).toBuilder()
                .vocabSize(tokenizer.vocabulary().size())
                .head(Head.PRE_TRAINING)
                .build();
    }

    private static PretrainingExamples examples(Path corpus, Path tokens, Tokenizer tokenizer) throws IOException {
        TokenCorpus text =
                TokenCorpus.prepare(List.of(corpus), tokens, tokenizer, true, 2, (name, documents, size, done) -> {});
        Masking masking = new Masking(tokenizer.vocabulary(), 3, 0.15, 20);
        return PretrainingExamples.training(text, SegmentRules.of(MAX_LENGTH), masking, tokenizer.vocabulary(), 42, 0);
    }
}
