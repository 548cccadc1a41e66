package dev.albert4j.cpu;

import dev.albert4j.model.AlbertWeights;
import org.jspecify.annotations.Nullable;

/**
 * Makes the dense layers of a model: in float32, or in 8-bit integers where there is somebody to multiply them and the model
 * does not keep the layer in floats.
 */
final class Linears {
    private final AlbertWeights weights;
    private final Kernels kernels;
    private final @Nullable Int8Products products;
    private final QuantizedRows.Pool pool = new QuantizedRows.Pool();
    private final Buffers buffers = new Buffers();

    Linears(AlbertWeights weights, Kernels kernels, @Nullable Int8Products products) {
        this.weights = weights;
        this.kernels = kernels;
        this.products = products;
    }

    /** The parameters {@code name.weight} [numOutputs, numInputs] and {@code name.bias} [numOutputs]. */
    Linear of(String name, int numOutputs, int numInputs) {
        if (products != null && isInt8(name + ".weight")) {
            float[] bias = weights.values(name + ".bias");
            return Int8Linear.of(weights.int8Matrix(name + ".weight"), bias, kernels, products, pool);
        }
        return FloatLinear.of(weights, name, numOutputs, numInputs, kernels, buffers);
    }

    /** The parameter {@code name} as a table of rows to look up. */
    Table table(String name, int numColumns) {
        return isInt8(name) ? Table.of(weights.int8Matrix(name)) : Table.of(weights.values(name), numColumns);
    }

    /** Whether a matrix is to be used in 8 bits: all are in a model of floats, else those that are stored so. */
    private boolean isInt8(String parameter) {
        return products != null
                && (weights.int8Names().isEmpty() || weights.int8Names().contains(parameter));
    }
}
