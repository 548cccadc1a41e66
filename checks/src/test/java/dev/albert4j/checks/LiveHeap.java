package dev.albert4j.checks;

/** Measures what the heap holds. */
final class LiveHeap {
    private LiveHeap() {}

    /** Bytes in use when nothing more can be collected. */
    static long bytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
