package dev.albert4j.onnx;

/** In how many bits a graph holds and multiplies its matrices. */
public enum OnnxPrecision {
    /** 32 bits. */
    FP32,
    /**
     * Matrices in 8 bits, a scale for each output; what is multiplied with them is brought to 8 bits when it is there, one scale a
     * product. Biases, normalisation, attention scores and a task's small head stay in 32 bits.
     */
    INT8
}
