package dev.albert4j.train;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where an unfinished run keeps its checkpoint. */
public final class RunDirectory {
    private static final String CHECKPOINT = "checkpoint.safetensors";

    private final Path path;

    /** The directory need not exist yet. */
    public RunDirectory(Path path) {
        this.path = path;
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    /** Whether there is a run to go on with. */
    public boolean hasCheckpoint() {
        return Files.exists(path.resolve(CHECKPOINT));
    }

    /** Deletes the checkpoint, and the directory if nothing else is in it: once the run's result is saved. */
    public void delete() throws IOException {
        Files.deleteIfExists(path.resolve(CHECKPOINT));
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException e) {
            // Someone keeps files of their own here: they stay.
            return;
        }
    }

    void save(Checkpoint checkpoint) throws IOException {
        Files.createDirectories(path);
        checkpoint.write(path.resolve(CHECKPOINT));
    }

    /**
     * The checkpoint, if there is one.
     *
     * @param settings what the run is started with
     * @throws IllegalArgumentException if the checkpoint is of a run that was started with something else
     */
    Optional<Checkpoint> load(RunSettings settings) throws IOException {
        if (!hasCheckpoint()) {
            return Optional.empty();
        }
        Checkpoint checkpoint = Checkpoint.read(path.resolve(CHECKPOINT));
        List<String> differences = settings.differencesOf(RunSettings.parse(checkpoint.settings()));
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(path + " holds an unfinished run that was started with other settings: "
                    + String.join(", ", differences) + "; use those to go on, or delete the directory to start anew");
        }
        return Optional.of(checkpoint);
    }
}
