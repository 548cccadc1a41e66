package dev.albert4j.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Opens a checkpoint of any known format, recognised by its name. */
public final class TensorFiles {
    private static final List<String> NAMES = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "model.onnx");
    private static final String INDEX = ".index";
    private static final Pattern LATEST = Pattern.compile("^model_checkpoint_path: \"([^\"]+)\"", Pattern.MULTILINE);

    private TensorFiles() {}

    /**
     * Opens a file, or the one a directory holds: {@code model.safetensors}, its shards, {@code pytorch_model.bin}, its shards,
     * {@code model.onnx}, else a TensorFlow checkpoint, of several the one that the file {@code checkpoint} names.
     *
     * @param path a directory; {@code *.safetensors}; {@code *.bin}, {@code *.pt}, {@code *.pth}; {@code *.onnx}; {@code *.index.json}; a
     *     TensorFlow checkpoint's prefix or {@code .index} file
     * @throws NoSuchFileException if there is none
     */
    public static TensorFile open(Path path) throws IOException {
        String name = String.valueOf(path.getFileName());
        if (Files.isDirectory(path)) {
            return openDirectory(path);
        }
        if (Files.exists(path.resolveSibling(name + INDEX))) {
            return TensorFlowCheckpoint.open(path);
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such checkpoint");
        }
        if (name.endsWith(".index.json")) {
            return ShardedTensors.open(path, TensorFiles::openShard);
        }
        if (name.endsWith(INDEX)) {
            return TensorFlowCheckpoint.open(path.resolveSibling(withoutIndex(name)));
        }
        return openShard(path);
    }

    /** Whether a directory holds a checkpoint of a known format, whole or damaged. */
    public static boolean isPresent(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .anyMatch(name -> NAMES.contains(name) || name.endsWith(INDEX));
        }
    }

    private static TensorFile openShard(Path path) throws IOException {
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(".safetensors")) {
            return Safetensors.open(path);
        }
        if (name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".pth")) {
            return PyTorchCheckpoint.open(path);
        }
        if (name.endsWith(".onnx")) {
            return OnnxFile.open(path);
        }
        throw new ModelFormatException(
                path, "is no known checkpoint: allowed are .safetensors, .bin, .pt, .pth, .onnx, .index.json, .index");
    }

    private static TensorFile openDirectory(Path directory) throws IOException {
        for (String name : NAMES) {
            if (Files.exists(directory.resolve(name))) {
                return open(directory.resolve(name));
            }
        }
        return TensorFlowCheckpoint.open(directory.resolve(latest(directory)));
    }

    /** The prefix of the TensorFlow checkpoint of a directory. */
    private static String latest(Path directory) throws IOException {
        List<String> prefixes = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> name.endsWith(INDEX))
                    .map(TensorFiles::withoutIndex)
                    .sorted()
                    .forEach(prefixes::add);
        }
        Path file = directory.resolve("checkpoint");
        if (prefixes.size() > 1 && Files.isRegularFile(file) && Files.size(file) <= 1 << 20) {
            Matcher matcher = LATEST.matcher(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            if (matcher.find() && prefixes.contains(matcher.group(1))) {
                return matcher.group(1);
            }
        }
        if (prefixes.isEmpty()) {
            throw new NoSuchFileException(
                    directory.toString(), null, "holds none of " + NAMES + " nor a TensorFlow checkpoint (*.index)");
        }
        if (prefixes.size() > 1) {
            throw new IOException(directory + ": holds several checkpoints, name one: " + prefixes);
        }
        return prefixes.get(0);
    }

    private static String withoutIndex(String name) {
        return name.substring(0, name.length() - INDEX.length());
    }
}
