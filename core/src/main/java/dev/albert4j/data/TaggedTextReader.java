package dev.albert4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads texts with marked spans by a file's extension, {@code .gz} unpacked; UTF-8 only. Reads a whole file into memory.
 *
 * <ul>
 *   <li>{@code .jsonl}: an object a line, {@code {"text", "spans": [{"type", "begin", "end"}]}} with half-open ranges of
 *       UTF-16 units, or CLUENER's {@code {"text", "label": {TYPE: {MENTION: [[first, last]]}}}} with code points, the last one
 *       included, where each mention must stand at its place.
 *   <li>{@code .txt}, {@code .conll}, {@code .bio}, {@code .bmes}, {@code .train}, {@code .dev}, {@code .test}: rows of columns,
 *       the first a token, the last its tag (BIO, IOB1, BMES, BIOES, BILOU); a blank line ends a sentence, {@code -DOCSTART-}
 *       rows are skipped. A blank is put between two tokens, but none between Chinese or Japanese characters, and none in a
 *       sentence of single characters of which one is such. Tags out of order are read as {@code conlleval} reads them: I-x that
 *       continues nothing begins a span. Where every token of a file is a character and its place in its word ("科0 技1", Weibo
 *       NER), the number is left out.
 * </ul>
 */
public final class TaggedTextReader {
    /** How many problems are told in words. */
    static final int MAX_PROBLEMS = 10;

    private static final List<String> COLUMNS = List.of(".txt", ".conll", ".bio", ".bmes", ".train", ".dev", ".test");

    private TaggedTextReader() {}

    /**
     * Reads all texts of a file, in order.
     *
     * @throws DataFormatException naming the line at fault, or if the file holds no text
     * @throws IllegalArgumentException if the extension is not one of those above
     */
    public static List<TaggedText> read(Path file) throws IOException {
        return read(file, false).examples();
    }

    /**
     * Reads all texts of a file, in order.
     *
     * @param skipBad whether texts with something wrong are counted and left out instead of refused
     * @throws DataFormatException naming the line at fault; with {@code skipBad} only if the file itself cannot be read (it is not
     *     UTF-8, or damaged), or holds no good text
     * @throws IllegalArgumentException if the extension is not one of those above
     */
    public static Examples<TaggedText> read(Path file, boolean skipBad) throws IOException {
        TaggedTexts texts = new TaggedTexts(file, skipBad);
        String name = TextInput.plainName(file);
        if (name.endsWith(".jsonl")) {
            TaggedJsonLines.read(file, texts);
        } else if (COLUMNS.stream().anyMatch(name::endsWith)) {
            ConllReader.read(file, texts);
        } else {
            throw new IllegalArgumentException(file + ": unknown kind of data file; allowed are .jsonl, "
                    + String.join(", ", COLUMNS) + ", each also with .gz");
        }
        return texts.result();
    }
}
