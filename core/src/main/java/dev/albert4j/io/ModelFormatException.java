package dev.albert4j.io;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A model file that is truncated, damaged, hostile, or not what its configuration says; names the file and what is wrong. */
public final class ModelFormatException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * @param file the file at fault
     * @param problem what was found and what is allowed, one line
     */
    public ModelFormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    /**
     * @param file the file at fault
     * @param problem what was found and what is allowed, one line
     * @param cause the failure below
     */
    public ModelFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
