package dev.albert4j.corpus;

import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Tells tokenizers apart by the files they are saved as. */
final class TokenizerHash {
    private static final int LENGTH = 32; // hexadecimal digits

    private TokenizerHash() {}

    static String of(Tokenizer tokenizer) throws IOException {
        Path directory = Files.createTempDirectory("tokenizer");
        try {
            tokenizer.save(directory);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files(directory)) {
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            for (Path file : files(directory)) {
                Files.delete(file);
            }
            Files.delete(directory);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
