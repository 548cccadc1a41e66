package dev.albert4j.io;

/** Takes the values of a tensor block by block, in order. */
@FunctionalInterface
public interface FloatSink {
    /**
     * @param values that may change once this returns; the first {@code count} count
     * @param begin the number of the first of them in the tensor, row-major
     */
    void accept(float[] values, int begin, int count);
}
