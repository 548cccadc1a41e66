package dev.albert4j.io;

import java.util.List;

/**
 * Type and shape of a stored tensor.
 *
 * @param dataType how its numbers are stored
 * @param shape its dimensions, outermost first; empty for a scalar
 */
public record TensorInfo(DataType dataType, List<Long> shape) {
    public TensorInfo {
        shape = List.copyOf(shape);
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("negative dimension in shape " + shape);
            }
        }
    }

    /** Number of elements; {@link ArithmeticException} if it exceeds a long. */
    public long numElements() {
        long count = 1;
        for (long dimension : shape) {
            count = Math.multiplyExact(count, dimension);
        }
        return count;
    }

    /** Bytes that its elements take; {@link ArithmeticException} if it exceeds a long. */
    public long numBytes() {
        return Math.multiplyExact(numElements(), dataType.numBytes());
    }
}
