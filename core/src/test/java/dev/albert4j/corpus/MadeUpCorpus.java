package dev.albert4j.corpus;

import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Documents of sentences of made-up words, one word a token, and a tokenizer for them. */
final class MadeUpCorpus {
    static final int NUM_WORDS = 200;

    private MadeUpCorpus() {}

    /** A tokenizer with so many words ({@code w0}, {@code w1}, …) behind five special tokens. */
    static Tokenizer tokenizer(Path directory, int numWords) throws IOException {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int i = 0; i < numWords; i++) {
            tokens.add("w" + i);
        }
        Files.createDirectories(directory);
        return Tokenizer.load(Files.write(directory.resolve("vocab.txt"), tokens));
    }

    static Tokenizer tokenizer(Path directory) throws IOException {
        return tokenizer(directory, NUM_WORDS);
    }

    /** Documents of 1 to {@code maxSentences} sentences of 1 to {@code maxWords} words: their ids. */
    static List<List<int[]>> documents(int count, int maxSentences, int maxWords, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<int[]>> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<int[]> document = new ArrayList<>();
            int sentences = random.nextInt(1, maxSentences + 1);
            for (int j = 0; j < sentences; j++) {
                document.add(random.ints(random.nextInt(1, maxWords + 1), 5, NUM_WORDS + 5)
                        .toArray());
            }
            documents.add(document);
        }
        return documents;
    }

    /** Writes documents as text, a sentence a line, a blank line between documents. */
    static Path write(Path file, List<List<int[]>> documents) throws IOException {
        List<String> lines = new ArrayList<>();
        for (List<int[]> document : documents) {
            for (int[] sentence : document) {
                lines.add(text(sentence));
            }
            lines.add("");
        }
        return Files.write(file, lines);
    }

    static String text(int[] sentence) {
        StringBuilder text = new StringBuilder();
        for (int id : sentence) {
            text.append(text.isEmpty() ? "w" : " w").append(id - 5);
        }
        return text.toString();
    }

    static TokenCorpus corpus(Path directory, List<List<int[]>> documents) throws IOException {
        Path file = write(directory.resolve("corpus.txt"), documents);
        return TokenCorpus.prepare(
                List.of(file),
                directory.resolve("tokens"),
                tokenizer(directory),
                false,
                2,
                (name, numDocuments, numTokens, done) -> {});
    }

    static Masking masking(Tokenizer tokenizer) {
        return new Masking(tokenizer.vocabulary(), 3, 0.15, 20);
    }
}
