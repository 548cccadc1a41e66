package dev.albert4j.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes tensors in as many safetensors files as it takes, with Hugging Face's index. They are dealt out in their order, a new file
 * for each that the last has no room for (huggingface_hub's {@code split_state_dict_into_shards_factory}).
 */
final class ShardWriter {
    private static final String WHOLE = "model.safetensors";

    private ShardWriter() {}

    static void write(
            Path directory,
            Map<String, TensorInfo> tensors,
            FloatSource source,
            Map<String, String> metadata,
            long maxShardBytes)
            throws IOException {
        List<Map<String, TensorInfo>> shards = split(tensors, maxShardBytes);
        if (shards.size() == 1) {
            Safetensors.write(directory.resolve(WHOLE), tensors, source, metadata);
            return;
        }
        if (shards.size() > ShardedTensors.MAX_SHARDS) {
            throw new IllegalArgumentException("files of at most " + maxShardBytes + " bytes would be " + shards.size()
                    + ", at most " + ShardedTensors.MAX_SHARDS + " are allowed");
        }
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata")
                .put(
                        "total_size",
                        tensors.values().stream()
                                .mapToLong(TensorInfo::numBytes)
                                .sum());
        ObjectNode map = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            Safetensors.write(directory.resolve(name), shards.get(i), source, metadata);
            shards.get(i).keySet().forEach(tensor -> map.put(tensor, name));
        }
        JsonFile.write(directory.resolve(WHOLE + ".index.json"), index);
    }

    private static List<Map<String, TensorInfo>> split(Map<String, TensorInfo> tensors, long maxBytes) {
        List<Map<String, TensorInfo>> shards = new ArrayList<>(List.of(new LinkedHashMap<>()));
        long filled = 0;
        for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
            long bytes = tensor.getValue().numBytes();
            if (filled > 0 && filled + bytes > maxBytes) {
                shards.add(new LinkedHashMap<>());
                filled = 0;
            }
            shards.get(shards.size() - 1).put(tensor.getKey(), tensor.getValue());
            filled += bytes;
        }
        return shards;
    }
}
