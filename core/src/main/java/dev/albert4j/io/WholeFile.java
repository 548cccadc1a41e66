package dev.albert4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** Writes a file whole or not at all: aside, under a name of its own, then renamed into place. */
public final class WholeFile {
    private WholeFile() {}

    /** What is written. */
    @FunctionalInterface
    public interface Content {
        /** Writes from the channel's start; the caller closes the channel. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file, replacing one of that name only once everything is on the disk. The directory must exist.
     *
     * @throws IOException if it cannot be written; the old file, if any, is then untouched and nothing is left beside it
     */
    public static void write(Path file, Content content) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a directory, a file was to be written");
        }
        Path aside = aside(file, "part");
        try {
            try (FileChannel channel = create(file, aside)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            try {
                Files.deleteIfExists(aside);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** The same with content that is in memory. */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, channel -> {
            for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                channel.write(rest);
            }
        });
    }

    private static FileChannel create(Path file, Path aside) throws IOException {
        try {
            return FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw because(e, new NoSuchFileException(file.toString(), null, "its directory does not exist"));
        } catch (AccessDeniedException e) {
            throw because(e, new AccessDeniedException(file.toString(), null, "its directory may not be written to"));
        }
    }

    private static <T extends Exception> T because(Exception cause, T exception) {
        exception.initCause(cause);
        return exception;
    }

    /** A hidden name in the same directory that no other writer chooses. */
    static Path aside(Path path, String kind) {
        String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return path.resolveSibling("." + path.getFileName() + "." + suffix + "." + kind);
    }
}
