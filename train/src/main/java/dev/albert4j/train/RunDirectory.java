package dev.albert4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where an unfinished run keeps its checkpoint. */
public final class RunDirectory {
    private static final String CHECKPOINT = "checkpoint.safetensors";
    /** What may differ between a run and its continuation. */
    private static final List<String> FREE = List.of("numThreads");

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
     * @param settings what the run is started with, as JSON objects by name
     * @throws IllegalArgumentException if the checkpoint is of a run that was started with something else
     */
    Optional<Checkpoint> load(Map<String, String> settings) throws IOException {
        if (!hasCheckpoint()) {
            return Optional.empty();
        }
        Checkpoint checkpoint = Checkpoint.read(path.resolve(CHECKPOINT));
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, String> here : settings.entrySet()) {
            compare(checkpoint.settings().getOrDefault(here.getKey(), "{}"), here.getValue(), differences);
        }
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(path + " holds an unfinished run that was started with other settings: "
                    + String.join(", ", differences) + "; use those to go on, or delete the directory to start anew");
        }
        return Optional.of(checkpoint);
    }

    private static void compare(String there, String here, List<String> differences) {
        try {
            JsonNode old = new ObjectMapper().readTree(there);
            JsonNode now = new ObjectMapper().readTree(here);
            for (Iterator<String> names = now.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!FREE.contains(name) && !old.path(name).equals(now.path(name))) {
                    differences.add(name + " " + old.path(name) + " there, " + now.path(name) + " here");
                }
            }
        } catch (JsonProcessingException e) {
            differences.add("settings that cannot be read");
        }
    }
}
