package dev.albert4j.tokenize;

import java.io.IOException;
import java.nio.file.Path;

/** One way to cut a text into pieces of a vocabulary. Implementations are immutable and thread-safe. */
interface Segmenter {
    /**
     * Appends the pieces of {@code text[begin, end)} with offsets into {@code text}, reading everything as plain text. Time
     * is linear in the length of the text.
     *
     * @param maxPieces the caller needs no more than this many pieces: the segmenter may stop once it is sure of them
     */
    void segment(String text, int begin, int end, int maxPieces, PieceList out);

    /** Whether a piece begins a word, as opposed to continuing one. */
    boolean beginsWord(int id);

    /** The vocabulary. */
    Vocabulary vocabulary();

    /**
     * Writes the file the segmenter can be read from again ({@code spiece.model}, {@code vocab.txt}) into a directory, and those
     * that Hugging Face's AutoTokenizer reads with the same result.
     */
    void save(Path directory) throws IOException;
}
