package dev.albert4j.cpu;

import java.util.concurrent.ConcurrentLinkedQueue;

/** Arrays to use again, as many as are ever used at once. Thread-safe. */
final class Buffers {
    private final ConcurrentLinkedQueue<float[]> free = new ConcurrentLinkedQueue<>();

    /** An array of at least so many values, which mean nothing. */
    float[] take(int size) {
        float[] buffer = free.poll();
        return buffer != null && buffer.length >= size ? buffer : new float[size];
    }

    void giveBack(float[] buffer) {
        free.add(buffer);
    }
}
