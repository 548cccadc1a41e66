package dev.albert4j.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.util.Locale;

/**
 * Standard output that does not keep a failed write to itself, as {@link java.io.PrintStream} would: a full disk must not look
 * like success, and there is no use in working on for a reader that has gone.
 */
final class StandardOutput extends FilterOutputStream {
    StandardOutput(OutputStream out) {
        super(out);
    }

    /** Standard output cannot be written any more. */
    static final class ClosedException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        private ClosedException(IOException cause) {
            super("standard output cannot be written: " + cause.getMessage(), cause);
        }

        /** Whether the reader went away, as {@code head} does once it has its lines: nothing to complain of. */
        boolean readerIsGone() {
            return String.valueOf(getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
        }
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new ClosedException(e);
        }
    }

    @Override
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new ClosedException(e);
        }
    }
}
