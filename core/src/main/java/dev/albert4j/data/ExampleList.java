package dev.albert4j.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a reader has read so far; refuses what is wrong, or counts it and goes on. Used by one thread. */
final class ExampleList<T> {
    /** How many problems are told in words. */
    static final int MAX_PROBLEMS = 10;

    private final Path file;
    private final boolean skipBad;
    private final List<T> examples = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private long numBad;

    ExampleList(Path file, boolean skipBad) {
        this.file = file;
        this.skipBad = skipBad;
    }

    Path file() {
        return file;
    }

    void add(T example) {
        examples.add(example);
    }

    /** The number of the next example, from 1: good and bad ones counted. */
    long nextNumber() {
        return examples.size() + numBad + 1;
    }

    /**
     * @param line the line at fault; 0 if the problem names the place
     * @throws DataFormatException unless what is wrong is skipped
     */
    void refuse(long line, String problem) throws DataFormatException {
        DataFormatException refusal = new DataFormatException(file, line, problem);
        if (!skipBad) {
            throw refusal;
        }
        numBad++;
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(String.valueOf(refusal.getMessage()));
        }
    }

    /** @throws DataFormatException if there is no good example */
    Examples<T> result() throws DataFormatException {
        if (examples.isEmpty()) {
            throw new DataFormatException(
                    file,
                    0,
                    numBad == 0
                            ? "holds no example"
                            : "holds no good example but " + numBad + " bad ones; the first: " + problems.get(0));
        }
        return new Examples<>(examples, numBad, problems);
    }

    static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
