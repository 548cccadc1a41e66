package dev.albert4j.cpu;

/** The arithmetic of the encoder's inner loops. */
interface Kernels {
    /** The name for a log line. */
    String name();
}
