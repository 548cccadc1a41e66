package dev.albert4j.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Which file a store was made of.
 *
 * @param name without its directory
 * @param bytes its size, packed as it is
 * @param modifiedMillis when it was last changed, in milliseconds since 1970
 * @param crc32c of its bytes, packed as they are
 */
record SourceFile(String name, long bytes, long modifiedMillis, long crc32c) {
    /**
     * Reads a file through for its checksum.
     *
     * @throws NoSuchFileException if there is none
     */
    static SourceFile of(Path file) throws IOException {
        check(file);
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                crc.update(buffer, 0, count);
            }
        }
        return new SourceFile(name(file), Files.size(file), modified(file), crc.getValue());
    }

    private static void check(Path file) throws NoSuchFileException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(
                    file.toString(),
                    null,
                    Files.exists(file)
                            ? "is no plain file; a corpus is read twice, and cannot be a directory or a pipe"
                            : "there is no such file");
        }
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static long modified(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    /** Whether this is what the file holds: its bytes are compared only if it was touched since. */
    boolean isStill(Path file) throws IOException {
        check(file);
        if (Files.size(file) != bytes) {
            return false;
        }
        return modified(file) == modifiedMillis || of(file).crc32c == crc32c;
    }
}
