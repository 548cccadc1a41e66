package dev.albert4j.data;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A data file that cannot be read as labelled text; names the file, the line and what is wrong. */
public final class DataFormatException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param file the file at fault
     * @param line the line, from 1; 0 where the file as a whole is meant
     * @param problem what was found and what is allowed, one line
     */
    public DataFormatException(Path file, long line, String problem) {
        super(file + (line > 0 ? " line " + line : "") + ": " + problem);
    }
}
