package dev.albert4j.model;

import dev.albert4j.io.DataType;

/**
 * How the weights of a model directory are written.
 *
 * @param type of their numbers: F32, F16 or BF16
 * @param maxShardBytes most bytes of tensors in a file, but for a larger tensor: beyond, there are several files
 */
public record Storage(DataType type, long maxShardBytes) {
    /** @throws IllegalArgumentException if a file may hold nothing */
    public Storage {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("maxShardBytes " + maxShardBytes + " is not positive");
        }
    }

    /** All in one file. */
    public static Storage of(DataType type) {
        return new Storage(type, Long.MAX_VALUE);
    }
}
