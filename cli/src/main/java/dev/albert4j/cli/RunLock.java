package dev.albert4j.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps a second run out of a run's directory. The system lets go of it with the process, however that ends. */
final class RunLock implements AutoCloseable {
    private static final String NAME = "lock";
    private static final long POLL_MILLIS = 100;

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the directory where it is missing and locks it.
     *
     * @throws IllegalArgumentException if another run has it
     */
    static RunLock of(Path directory) throws IOException {
        return take(directory)
                .orElseThrow(() -> new IllegalArgumentException(
                        directory + " is in use by another run; wait for its end, or choose another --output"));
    }

    /** The same, but waits for the end of whatever process has the directory, and says so. */
    static RunLock await(Path directory) throws IOException {
        for (boolean told = false; true; told = true) {
            Optional<RunLock> lock = take(directory);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (!told) {
                System.err.println("waiting for another run that works in " + directory);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + directory, e);
            }
        }
    }

    private static Optional<RunLock> take(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(NAME);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            // A run that ended just now has deleted the file: then the lock that was got is worth nothing. The file
            // must not be
            // opened a second time to find out, since closing it would let go of the lock.
            if (tryLock(channel) == null || !Files.exists(file)) {
                channel.close();
                return Optional.empty();
            }
            deleteUnfinished(directory);
            return Optional.of(new RunLock(file, channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** What a run that was killed while it wrote a checkpoint has left. */
    private static void deleteUnfinished(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".*.part")) {
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    deleteFiles(file);
                }
                Files.delete(file);
            }
        }
    }

    private static void deleteFiles(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // a run of this very process has it
        }
    }

    /** Unlocks; the directory goes if nothing else is in it. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
        try {
            Files.deleteIfExists(file.resolveSibling(".").normalize());
        } catch (DirectoryNotEmptyException e) {
            // The checkpoint of an unfinished run is there.
            return;
        }
    }
}
