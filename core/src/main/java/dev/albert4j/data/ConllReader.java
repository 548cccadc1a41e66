package dev.albert4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads sentences of token rows, a blank line after each: the first column is the token, the last its tag. Makes the text
 * again as it may have been written: a blank between tokens, but none between Chinese or Japanese characters, nor anywhere in
 * a sentence of single characters of which one is such. Used by one thread.
 */
final class ConllReader {
    private static final String DOCUMENT_START = "-DOCSTART-";

    private final Path file;
    private final TaggedTexts texts;
    private final boolean digitsFollow;
    private final SegmentationDigits digits = new SegmentationDigits();
    private final List<String> tokens = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private String problem = ""; // the first of this sentence
    private long problemLine;
    private long firstLine;
    private long length; // of this sentence's tokens
    private int numColumns;

    private ConllReader(Path file, TaggedTexts texts, boolean digitsFollow) {
        this.file = file;
        this.texts = texts;
        this.digitsFollow = digitsFollow;
    }

    static void read(Path file, TaggedTexts texts) throws IOException {
        ConllReader reader = new ConllReader(file, texts, SegmentationDigits.in(file));
        try (LineReader lines = LineReader.open(file)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    reader.endSentence();
                } else {
                    reader.row(line, lines.lineNumber());
                }
            }
        }
        reader.endSentence();
    }

    /** The fields of a row: between tabs if there is one, else between blanks. */
    static String[] columns(String line) {
        return line.indexOf('\t') >= 0 ? line.split("\t", -1) : line.strip().split(" +");
    }

    private void row(String line, long number) throws DataFormatException {
        String[] columns = columns(line);
        if (columns[0].equals(DOCUMENT_START)) {
            return;
        }
        if (tokens.isEmpty() && problem.isEmpty()) {
            firstLine = number;
        }
        int kept = digitsFollow ? digits.length(columns[0]) : columns[0].length();
        String wrong = wrong(columns);
        if (!wrong.isEmpty()) {
            problemLine = problem.isEmpty() ? number : problemLine;
            problem = problem.isEmpty() ? wrong : problem;
            return;
        }
        numColumns = columns.length;
        length += columns[0].length() + 1L;
        if (length > TextInput.MAX_RECORD_LENGTH) {
            throw new DataFormatException(
                    file,
                    firstLine,
                    "begins a sentence of more than " + TextInput.MAX_RECORD_LENGTH
                            + " characters: are the blank lines missing?");
        }
        tokens.add(columns[0].substring(0, kept));
        tags.add(columns[columns.length - 1]);
    }

    private String wrong(String[] columns) {
        if (columns.length < 2) {
            return "has one column; a token and a tag are needed, with a tab or a blank between them";
        }
        if (numColumns != 0 && columns.length != numColumns) {
            return "has " + columns.length + " columns, the rows before it " + numColumns;
        }
        if (columns[0].isEmpty()) {
            return "has an empty token";
        }
        String tag = columns[columns.length - 1];
        return ChunkTags.isTag(tag)
                ? ""
                : "has the tag " + TaggedTexts.abbreviate(tag) + "; allowed are " + ChunkTags.ALLOWED;
    }

    private void endSentence() throws DataFormatException {
        if (!problem.isEmpty()) {
            texts.refuse(problemLine, problem);
        } else if (!tokens.isEmpty()) {
            add();
        }
        digits.endSentence();
        tokens.clear();
        tags.clear();
        problem = "";
        length = 0;
    }

    private void add() {
        boolean characters = tokens.stream().allMatch(token -> token.codePointCount(0, token.length()) == 1)
                && tokens.stream().anyMatch(token -> isUnspaced(token.codePointAt(0)));
        int[] begins = new int[tokens.size()];
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            boolean touches = i == 0
                    || characters
                    || isUnspaced(text.codePointBefore(text.length())) && isUnspaced(token.codePointAt(0));
            text.append(touches ? "" : " ");
            begins[i] = text.length();
            text.append(token);
        }
        List<Span> spans = new ArrayList<>();
        for (Span span : ChunkTags.spans(tags)) {
            int last = span.end() - 1;
            spans.add(new Span(
                    span.type(),
                    begins[span.begin()],
                    begins[last] + tokens.get(last).length()));
        }
        texts.add(new TaggedText(text.toString(), spans, firstLine));
    }

    /** Whether a character is written without blanks beside it: ideographs, kana, Chinese and full-width punctuation. */
    private static boolean isUnspaced(int codePoint) {
        if (Character.isIdeographic(codePoint)) {
            return true;
        }
        Character.UnicodeBlock block = Character.UnicodeBlock.of(codePoint);
        return block == Character.UnicodeBlock.CJK_SYMBOLS_AND_PUNCTUATION
                || block == Character.UnicodeBlock.HALFWIDTH_AND_FULLWIDTH_FORMS
                || block == Character.UnicodeBlock.HIRAGANA
                || block == Character.UnicodeBlock.KATAKANA;
    }
}
