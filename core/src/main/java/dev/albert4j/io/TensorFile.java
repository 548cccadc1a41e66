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

    @Override
    void close() throws IOException;
}
