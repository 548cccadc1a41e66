package dev.albert4j.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes a directory of files whole or not at all: into a new directory beside it, then renamed into place.
 *
 * <p>An existing directory is replaced only where the caller says that it is one of its own kind. Entries the caller does not
 * own (a user's notes, a run's logs) are moved over to the new directory; no directory is ever deleted with its content.
 */
public final class WholeDirectory {
    private WholeDirectory() {}

    /** What is written. */
    @FunctionalInterface
    public interface Content {
        /** Writes plain files into the directory, which is empty, and into directories that it makes there. */
        void writeTo(Path directory) throws IOException;
    }

    /**
     * Writes a directory; its parents are made where missing.
     *
     * @param ownNames names of the files that belong to this kind of directory, {@code part/config.json} for one further down:
     *     old ones are dropped
     * @param replaceable whether an existing directory that is not empty may be replaced
     * @throws FileAlreadyExistsException if there is a file of that name, or a directory that may not be replaced
     * @throws IOException if it cannot be written; what was there is then still there
     */
    public static void write(Path directory, Set<String> ownNames, boolean replaceable, Content content)
            throws IOException {
        Path target = directory.toAbsolutePath().normalize();
        boolean exists = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (exists && Files.isSymbolicLink(target)) {
            target = target.toRealPath();
        }
        if (exists && !Files.isDirectory(target)) {
            throw new FileAlreadyExistsException(
                    directory.toString(), null, "is a file, a directory was to be written");
        }
        if (exists && !replaceable && !entries(target).isEmpty()) {
            throw new FileAlreadyExistsException(
                    directory.toString(),
                    null,
                    "is not empty and not of the kind to be written; choose another directory");
        }
        Path aside = WholeFile.aside(target, "part");
        createDirectories(directory, aside);
        try {
            content.writeTo(aside);
            if (exists) {
                swap(target, aside, ownNames);
            } else {
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException | RuntimeException | Error e) {
            discard(aside, e);
            throw e;
        }
    }

    private static void createDirectories(Path directory, Path aside) throws IOException {
        try {
            Files.createDirectories(aside);
        } catch (AccessDeniedException e) {
            AccessDeniedException clear =
                    new AccessDeniedException(directory.toString(), null, "its parent directory may not be written to");
            clear.initCause(e);
            throw clear;
        }
    }

    /** The new directory takes the old one's name, then its foreign entries, then the old one goes. */
    private static void swap(Path target, Path aside, Set<String> ownNames) throws IOException {
        Path old = WholeFile.aside(target, "old");
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        carryOver(old, target, "", ownNames);
    }

    /** Moves what the caller does not own from the old directory, or one below it, to the new one; the old one goes. */
    private static void carryOver(Path old, Path target, String prefix, Set<String> ownNames) throws IOException {
        for (Path entry : entries(old)) {
            String name = prefix + entry.getFileName();
            boolean isDirectory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
            if (isDirectory && ownNames.stream().anyMatch(own -> own.startsWith(name + "/"))) {
                carryOver(entry, target, name + "/", ownNames);
            } else if (!isDirectory && ownNames.contains(name)) {
                Files.delete(entry);
            } else {
                Files.createDirectories(target.resolve(prefix));
                Files.move(entry, target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        Files.delete(old);
    }

    private static void discard(Path aside, Throwable failure) {
        try {
            delete(aside);
        } catch (IOException left) {
            failure.addSuppressed(left);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : entries(path)) {
                delete(entry);
            }
        }
        Files.deleteIfExists(path);
    }

    private static List<Path> entries(Path directory) throws IOException {
        List<Path> list = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(list::add);
        }
        return list;
    }
}
