package dev.albert4j.tokenize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns text into an {@link Encoding}. Immutable and thread-safe. */
public final class Tokenizer {
    private final Segmenter segmenter;

    Tokenizer(Segmenter segmenter) {
        this.segmenter = segmenter;
    }

    /** Reads the tokenizer of a directory: {@code spiece.model}, {@code tokenizer.json} or {@code vocab.txt}. */
    public static Tokenizer load(Path directory) throws IOException {
        throw new IOException("not written yet: " + directory);
    }

    /** The pieces and special tokens. */
    public Vocabulary vocabulary() {
        return segmenter.vocabulary();
    }

    /** The tokens of a text, or of a pair of texts. */
    public Encoding encode(String text, @Nullable String pair, EncodingOptions options) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** A text, or a pair, as windows of {@code options.maxLength()} tokens that share {@code stride} tokens. */
    public List<Encoding> windows(String text, @Nullable String pair, EncodingOptions options, int stride) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Writes the tokenizer's file into a directory. */
    public void save(Path directory) throws IOException {
        segmenter.save(directory);
    }
}
