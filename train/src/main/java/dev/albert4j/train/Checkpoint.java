package dev.albert4j.train;

import dev.albert4j.io.DataType;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All a run needs to go on as if it had never stopped: one safetensors file, written aside and renamed into place.
 *
 * @param step optimizer steps taken
 * @param settings texts the run keeps: what it was started with, and what it has seen; by name
 * @param tensors parameters, moments and whatever else the run keeps, by name; flat
 */
record Checkpoint(long step, Map<String, String> settings, Map<String, float[]> tensors) {
    private static final String STEP = "step";

    /** Writes the file, replacing an older one. */
    void write(Path file) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(settings);
        metadata.put(STEP, Long.toString(step));
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        tensors.forEach((name, values) -> infos.put(name, new TensorInfo(DataType.F32, List.of((long) values.length))));
        Safetensors.write(file, infos, name -> Tensors.named(tensors, name), metadata);
    }

    /**
     * Reads a file back.
     *
     * @throws ModelFormatException if it is not a checkpoint, or damaged
     */
    static Checkpoint read(Path file) throws IOException {
        try (Safetensors stored = Safetensors.open(file)) {
            Map<String, String> settings = new LinkedHashMap<>(stored.metadata());
            long step = Long.parseLong(settings.getOrDefault(STEP, "none"));
            settings.remove(STEP);
            Map<String, float[]> tensors = new LinkedHashMap<>();
            for (String name : stored.tensors().keySet()) {
                tensors.put(name, stored.floats(name));
            }
            return new Checkpoint(step, settings, tensors);
        } catch (NumberFormatException e) {
            throw new ModelFormatException(file, "is no checkpoint of a training run: it names no step", e);
        }
    }

    /** The tensors whose name begins with a prefix, by the rest of the name. */
    Map<String, float[]> tensors(String prefix) {
        Map<String, float[]> found = new LinkedHashMap<>();
        tensors.forEach((name, values) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), values);
            }
        });
        return found;
    }

    /** The same tensors under longer names. */
    static Map<String, float[]> prefixed(String prefix, Map<String, float[]> tensors) {
        Map<String, float[]> renamed = new LinkedHashMap<>();
        tensors.forEach((name, values) -> renamed.put(prefix + name, values));
        return renamed;
    }
}
