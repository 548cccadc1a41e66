package dev.albert4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a reader has read so far; refuses what is wrong, or counts it and goes on. Used by one thread. */
final class TaggedTexts {
    private final Path file;
    private final boolean skipBad;
    private final List<TaggedText> texts = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private long numBad;

    TaggedTexts(Path file, boolean skipBad) {
        this.file = file;
        this.skipBad = skipBad;
    }

    void add(TaggedText text) {
        texts.add(text);
    }

    /** @throws DataFormatException unless what is wrong is skipped */
    void refuse(long line, String problem) throws DataFormatException {
        DataFormatException refusal = new DataFormatException(file, line, problem);
        if (!skipBad) {
            throw refusal;
        }
        numBad++;
        if (problems.size() < TaggedTextReader.MAX_PROBLEMS) {
            problems.add(String.valueOf(refusal.getMessage()));
        }
    }

    Examples<TaggedText> result() throws DataFormatException {
        if (texts.isEmpty()) {
            throw new DataFormatException(
                    file,
                    0,
                    numBad == 0
                            ? "holds no example"
                            : "holds no good example but " + numBad + " bad ones; the first: " + problems.get(0));
        }
        return new Examples<>(texts, numBad, problems);
    }

    static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
