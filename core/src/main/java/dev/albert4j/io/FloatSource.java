package dev.albert4j.io;

import java.io.IOException;

/** Gives the values of named tensors when they are to be written. */
@FunctionalInterface
public interface FloatSource {
    /** The values of a tensor, row-major; the caller only reads them. */
    float[] floats(String name) throws IOException;
}
