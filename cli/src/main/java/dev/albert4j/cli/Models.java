package dev.albert4j.cli;

import dev.albert4j.model.ModelDirectory;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the model a user names: a directory (or file), or a model that albert4j ships. */
final class Models {
    /** The shipped model a newcomer meets first. */
    static final String DEFAULT = "sentiment-en";

    private Models() {}

    /** @throws IllegalArgumentException if there is no such directory and no such shipped model */
    static Path resolve(String model) throws IOException {
        Path shipped = home().resolve("models");
        try {
            Path path = Path.of(model);
            if (Files.exists(path)) {
                return path;
            }
            // A name, not a path: it must not lead out of the models' directory.
            if (path.getNameCount() == 1 && !path.isAbsolute() && !model.equals("..")) {
                Path named = shipped.resolve(model);
                if (Files.isDirectory(named)) {
                    return named;
                }
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + model + "\" is not a path: " + e.getReason(), e);
        }
        throw new IllegalArgumentException("no model \"" + model
                + "\": it is neither a directory nor one of the shipped models " + names(shipped));
    }

    /** @throws IllegalArgumentException if the model has no tokenizer, or one whose ids it does not know */
    static Tokenizer tokenizer(ModelDirectory directory) {
        Tokenizer tokenizer = directory
                .tokenizer()
                .orElseThrow(() -> new IllegalArgumentException(
                        directory.path() + " has no tokenizer; allowed are spiece.model, tokenizer.json, vocab.txt"));
        int size = tokenizer.vocabulary().size();
        if (size > directory.config().vocabSize()) {
            throw new IllegalArgumentException(
                    directory.path() + ": the tokenizer has " + size + " tokens, but the model's vocab_size is "
                            + directory.config().vocabSize());
        }
        return tokenizer;
    }

    static Path home() {
        return Path.of(System.getProperty("albert4j.home", "."));
    }

    private static List<String> names(Path shipped) throws IOException {
        if (!Files.isDirectory(shipped)) {
            return List.of();
        }
        try (Stream<Path> models = Files.list(shipped)) {
            return models.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
