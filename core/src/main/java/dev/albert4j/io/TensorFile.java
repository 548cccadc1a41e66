package dev.albert4j.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Named tensors read from a model file of any format. Opening reads the header only; values are read when asked for.
 * Implementations are safe for use by several threads until closed.
 */
public interface TensorFile extends AutoCloseable {
    /** The file, or the index or directory of a sharded one. */
    Path path();

    /** All tensors by name, in the file's order. */
    Map<String, TensorInfo> tensors();

    /**
     * The values of a tensor, widened to float, row-major, in a new array.
     *
     * @throws IllegalArgumentException if there is no such tensor
     * @throws IOException if the values cannot be read
     */
    float[] floats(String name) throws IOException;

    /**
     * The values that {@link #floats} gives, in blocks of {@code blockSize}, of which the last may be smaller: for who does not need all
     * of them at once. A format that is not read in pieces gives all in one.
     *
     * @param blockSize at least 1
     * @throws IllegalArgumentException if there is no such tensor
     * @throws IOException if the values cannot be read
     */
    default void readBlocks(String name, int blockSize, FloatSink sink) throws IOException {
        float[] values = floats(name);
        sink.accept(values, 0, values.length);
    }

    /**
     * The integers of a tensor of type I8, row-major, in a new array.
     *
     * @throws IllegalArgumentException if there is no such tensor, or it is of another type
     * @throws IOException if the values cannot be read
     */
    default byte[] bytes(String name) throws IOException {
        TensorInfo info = tensors().get(name);
        if (info == null || info.dataType() != DataType.I8) {
            throw new IllegalArgumentException(path() + " has no tensor \"" + name + "\" of type I8");
        }
        float[] floats = floats(name);
        byte[] bytes = new byte[floats.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) floats[i];
        }
        return bytes;
    }

    @Override
    void close() throws IOException;
}
