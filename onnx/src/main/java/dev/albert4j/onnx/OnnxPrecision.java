package dev.albert4j.onnx;

/** In how many bits a graph holds and multiplies its matrices. */
public enum OnnxPrecision {
    /** 32 bits. */
    FP32,
    /**
     * Matrices in 8 bits, a scale for each output; what is multiplied with them is brought to 8 bits when it is there, one scale a
     * product. Biases, normalisation, attention scores and a task's small head stay in 32 bits. On x86 without AVX512-VNNI or
     * AVX-VNNI ONNX Runtime adds the products of two neighbours in 16 bits, where they can overflow.
     */
    INT8,
    /**
     * The same integers, held without a sign: ONNX Runtime's sums are exact on every processor, on those without VNNI faster than
     * floats, on those with it slower than {@link #INT8}.
     */
    UINT8
}
