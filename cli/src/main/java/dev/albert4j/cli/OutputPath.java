package dev.albert4j.cli;

import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds out before long work whether its result can be written. Leaves nothing behind. */
final class OutputPath {
    private OutputPath() {}

    /**
     * An hour of training must not end at a directory that cannot be written.
     *
     * @param model directory to write
     * @param tensorboard directory for event files, if there is to be one
     */
    static void checkRun(Path model, @Nullable Path tensorboard) throws IOException {
        checkModel(model);
        checkDirectory(model.resolveSibling(model.getFileName() + ".run"));
        if (tensorboard != null) {
            checkDirectory(tensorboard);
        }
    }

    /** @throws IOException if no model directory of that name can be written */
    static void checkModel(Path model) throws IOException {
        if (!ModelDirectory.canBeSaved(model)) {
            throw new FileAlreadyExistsException(
                    model.toString(),
                    null,
                    Files.isDirectory(model)
                            ? "is not empty and no model directory; choose another --output"
                            : "is a file, a directory was to be written; choose another --output");
        }
        checkDirectory(model);
    }

    /** @throws IOException if a directory of that name cannot be made, or cannot be written into */
    static void checkDirectory(Path directory) throws IOException {
        check(directory, directory);
    }

    private static void check(Path directory, Path named) throws IOException {
        Path existing = directory.toAbsolutePath().normalize();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new FileAlreadyExistsException(
                    named.toString(), null, subject(existing, named) + "is a file, a directory was to be written");
        }
        try {
            // Not Files.isWritable: it tells the administrator that everything is.
            Files.delete(Files.createTempFile(existing, ".probe", null));
        } catch (IOException e) {
            AccessDeniedException clear = new AccessDeniedException(
                    named.toString(), null, subject(existing, named) + "cannot be written into");
            clear.initCause(e);
            throw clear;
        }
    }

    private static String subject(Path path, Path named) {
        return path.equals(named.toAbsolutePath().normalize()) ? "" : path + " ";
    }

    /** @throws IOException if there is no directory for a file of that name, or it cannot be written into */
    static void checkFile(Path file) throws IOException {
        Path directory = file.toAbsolutePath().normalize().getParent();
        if (directory == null || Files.isDirectory(file)) {
            throw new FileAlreadyExistsException(file.toString(), null, "is a directory, a file was to be written");
        }
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(file.toString(), null, "its directory does not exist");
        }
        check(directory, file);
    }
}
