package dev.albert4j.cli;

import dev.albert4j.tokenize.SentencePieceModel;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.train.UnigramTrainer;
import dev.albert4j.tokenize.train.UnigramTrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code albert train-tokenizer}. */
@Command(
        name = "train-tokenizer",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a vocabulary from text: spiece.model, as SentencePiece reads it, and tokenizer.json for Hugging Face.",
            "The text is normalised as ALBERT does it: NFKD, combining marks dropped, lower case."
        })
final class TrainTokenizerCommand implements Callable<Integer> {
    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "unigram (default), the one kind there is yet",
            defaultValue = "unigram")
    private String type = "unigram";

    @Option(
            names = "--corpus",
            paramLabel = "FILE",
            arity = "1..*",
            required = true,
            description = "text, a line a text, or .jsonl with a field \"text\"; .gz too")
    private List<Path> corpus = List.of();

    @Option(
            names = "--vocab-size",
            paramLabel = "V",
            required = true,
            description = "number of pieces, special ones included")
    private int vocabSize;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "directory to write the tokenizer's files into")
    private Path output = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!type.equals("unigram")) {
            throw new IllegalArgumentException("--type " + type + " is not known; there is unigram");
        }
        UnigramTrainerConfig config = UnigramTrainerConfig.builder(vocabSize)
                .numThreads(Runtime.getRuntime().availableProcessors())
                .build();
        OutputPath.checkDirectory(output);
        SentencePieceModel vocabulary;
        try (CorpusLines lines = new CorpusLines(corpus)) {
            vocabulary = new UnigramTrainer(config).train(lines);
        }
        Files.createDirectories(output);
        vocabulary.write(output.resolve("spiece.model"));
        Tokenizer.load(output.resolve("spiece.model")).save(output); // what Hugging Face needs beside it
        System.err.println("wrote " + output.resolve("spiece.model") + ", "
                + vocabulary.pieces().size() + " pieces");
        return 0;
    }
}
