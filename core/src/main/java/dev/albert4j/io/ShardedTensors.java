package dev.albert4j.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors spread over several files, as Hugging Face's {@code *.index.json} lists them: {@code {"weight_map": {"name":
 * "file"}}}. Thread-safe until closed.
 */
final class ShardedTensors implements TensorFile {
    static final int MAX_SHARDS = 1000;

    private final Path index;
    private final Map<String, TensorFile> shards = new LinkedHashMap<>();
    private final Map<String, String> shardOf = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private ShardedTensors(Path index) {
        this.index = index;
    }

    /** How a shard is opened. */
    @FunctionalInterface
    interface Opener {
        TensorFile open(Path shard) throws IOException;
    }

    /** Reads the index and opens all shards. */
    static ShardedTensors open(Path index, Opener opener) throws IOException {
        ShardedTensors sharded = new ShardedTensors(index);
        try {
            sharded.openShards(opener);
            return sharded;
        } catch (IOException | RuntimeException | Error e) {
            try {
                sharded.close();
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private void openShards(Opener opener) throws IOException {
        JsonNode map = JsonFile.read(index).get("weight_map");
        if (map == null || !map.isObject()) {
            throw new ModelFormatException(index, "has no object weight_map");
        }
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String shard = plainName(entry.getKey(), entry.getValue());
            TensorFile file = shards.get(shard);
            if (file == null) {
                if (shards.size() == MAX_SHARDS) {
                    throw new ModelFormatException(index, "lists more than " + MAX_SHARDS + " files");
                }
                file = opener.open(index.resolveSibling(shard));
                shards.put(shard, file);
            }
            TensorInfo info = file.tensors().get(entry.getKey());
            if (info == null) {
                throw new ModelFormatException(
                        index, SafetensorsHeader.quote(entry.getKey()) + " should be in " + shard + " but is not");
            }
            shardOf.put(entry.getKey(), shard);
            tensors.put(entry.getKey(), info);
        }
        refuseUnlisted();
    }

    /** The name of a file beside the index: nothing that leads out of the directory. */
    private String plainName(String tensor, JsonNode value) throws ModelFormatException {
        String name = value.isTextual() ? value.asText() : "";
        boolean plain = name.matches("[A-Za-z0-9_][A-Za-z0-9_.\\-]{0,200}");
        if (!plain) {
            throw new ModelFormatException(
                    index,
                    "weight_map puts " + SafetensorsHeader.quote(tensor) + " in "
                            + SafetensorsHeader.quote(value.toString())
                            + ", not a plain file name of letters, digits, '_', '-' and '.'");
        }
        return name;
    }

    private void refuseUnlisted() throws ModelFormatException {
        for (Map.Entry<String, TensorFile> shard : shards.entrySet()) {
            for (String name : shard.getValue().tensors().keySet()) {
                if (!shard.getKey().equals(shardOf.get(name))) {
                    throw new ModelFormatException(
                            index,
                            shard.getKey() + " holds " + SafetensorsHeader.quote(name)
                                    + ", which weight_map does not put there");
                }
            }
        }
    }

    @Override
    public Path path() {
        return index;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public float[] floats(String name) throws IOException {
        return shard(name).floats(name);
    }

    @Override
    public void readBlocks(String name, int blockSize, FloatSink sink) throws IOException {
        shard(name).readBlocks(name, blockSize, sink);
    }

    @Override
    public byte[] bytes(String name) throws IOException {
        return shard(name).bytes(name);
    }

    private TensorFile shard(String name) {
        TensorFile shard = shards.get(shardOf.getOrDefault(name, ""));
        if (shard == null) {
            throw new IllegalArgumentException(index + " has no tensor " + SafetensorsHeader.quote(name));
        }
        return shard;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (TensorFile shard : shards.values()) {
            try {
                shard.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
