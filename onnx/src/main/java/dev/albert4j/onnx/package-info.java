/** ALBERT as an ONNX graph, written straight from the weights, and the encoder that runs it on ONNX Runtime. */
@NullMarked
package dev.albert4j.onnx;

import org.jspecify.annotations.NullMarked;
