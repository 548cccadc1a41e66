package dev.albert4j.cli;

import dev.albert4j.tokenize.SentencePieceModel;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.train.UnigramTrainer;
import dev.albert4j.tokenize.train.UnigramTrainerConfig;
import dev.albert4j.tokenize.train.WordPieceTrainer;
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
            "Trains a vocabulary from text.",
            "unigram: spiece.model, as SentencePiece reads it, and tokenizer.json for Hugging Face. The text is normalised as"
                    + " ALBERT does it: NFKD, combining marks dropped, lower case.",
            "wordpiece: vocab.txt, as BERT's tokenizers read it. Lower case, no accents; every Chinese character is a word."
        })
final class TrainTokenizerCommand implements Callable<Integer> {
    private static final int MIN_PAIR_FREQUENCY = 2; // as Hugging Face's BertWordPieceTokenizer

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "unigram (default), or wordpiece, which suits Chinese",
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

    @Option(
            names = "--character-coverage",
            paramLabel = "SHARE",
            description =
                    "share of the text's letters that get pieces of their own, 0.98 to 1 (default ${DEFAULT-VALUE})",
            defaultValue = "0.99995")
    private double characterCoverage;

    @Override
    public Integer call() throws IOException {
        OutputPath.checkDirectory(output);
        Tokenizer tokenizer = switch (type) {
            case "unigram" -> unigram();
            case "wordpiece" -> wordPiece();
            default ->
                throw new IllegalArgumentException("--type " + type + " is not known; there are unigram and wordpiece");
        };
        System.err.println("wrote " + output + ", " + tokenizer.vocabulary().size() + " pieces");
        return 0;
    }

    private Tokenizer unigram() throws IOException {
        UnigramTrainerConfig config = UnigramTrainerConfig.builder(vocabSize)
                .characterCoverage(characterCoverage)
                .numThreads(Runtime.getRuntime().availableProcessors())
                .build();
        SentencePieceModel vocabulary;
        try (CorpusLines lines = new CorpusLines(corpus)) {
            vocabulary = new UnigramTrainer(config).train(lines);
        }
        Files.createDirectories(output);
        vocabulary.write(output.resolve("spiece.model"));
        Tokenizer tokenizer = Tokenizer.load(output.resolve("spiece.model"));
        tokenizer.save(output); // what Hugging Face needs beside it
        return tokenizer;
    }

    private Tokenizer wordPiece() throws IOException {
        WordPieceTrainer trainer = new WordPieceTrainer(vocabSize, characterCoverage, MIN_PAIR_FREQUENCY);
        Tokenizer tokenizer;
        try (CorpusLines lines = new CorpusLines(corpus)) {
            tokenizer = Tokenizer.ofWordPieces(trainer.train(lines));
        }
        tokenizer.save(output);
        return tokenizer;
    }
}
