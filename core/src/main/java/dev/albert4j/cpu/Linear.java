package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertWeights;
import java.util.Arrays;

/**
 * A dense layer, {@code y = x Wᵀ + b}, its weights packed once: blocks of at most {@link #MAX_DEPTH} inputs, in each
 * block all panels of outputs.
 *
 * <p>The rows' inputs of one block stay in the second-level cache while the panels pass over them, each panel once.
 */
final class Linear {
    private static final int MAX_DEPTH = 384;

    private final Kernels kernels;
    private final int numInputs;
    private final int depth; // inputs of a block
    private final float[] packed; // [blocks, panels, depth, panelWidth]
    private final float[] bias; // [panels * panelWidth]

    private Linear(Kernels kernels, int numInputs, int depth, float[] packed, float[] bias) {
        this.kernels = kernels;
        this.numInputs = numInputs;
        this.depth = depth;
        this.packed = packed;
        this.bias = bias;
    }

    /** The parameters {@code name.weight} [numOutputs, numInputs] and {@code name.bias} [numOutputs]. */
    static Linear of(AlbertWeights weights, String name, int numOutputs, int numInputs, Kernels kernels) {
        int width = kernels.panelWidth();
        int numPanels = Panels.roundUp(numOutputs, width) / width;
        int numBlocks = (numInputs + MAX_DEPTH - 1) / MAX_DEPTH;
        int depth = (numInputs + numBlocks - 1) / numBlocks;
        float[] weight = weights.values(name + ".weight");
        float[] packed = new float[Math.multiplyExact(numInputs, numPanels * width)];
        int offset = 0;
        for (int input = 0; input < numInputs; input += depth) {
            int blockDepth = Math.min(depth, numInputs - input);
            for (int output = 0; output < numOutputs; output += width) {
                int rows = Math.min(width, numOutputs - output);
                Panels.packTransposed(
                        weight, output * numInputs + input, numInputs, rows, blockDepth, packed, offset, width);
                offset += blockDepth * width;
            }
        }
        float[] bias = Arrays.copyOf(weights.values(name + ".bias"), numPanels * width);
        return new Linear(kernels, numInputs, depth, packed, bias);
    }

    /** {@code y = x Wᵀ + b}. */
    void apply(Rows x, Rows y, int numRows) {
        for (int row = 0; row < numRows; row++) {
            System.arraycopy(bias, 0, y.values(), y.at(row), bias.length);
        }
        addProduct(x, y, numRows);
    }

    /** {@code y = activation(x Wᵀ + b)}. */
    void applyActivation(Rows x, Activation activation, Rows y, int numRows) {
        apply(x, y, numRows);
        for (int row = 0; row < numRows; row++) {
            kernels.activate(activation, y.values(), y.at(row), bias.length);
        }
    }

    /** {@code y = x Wᵀ + b + residual}. */
    void applyResidual(Rows x, Rows residual, Rows y, int numRows) {
        for (int row = 0; row < numRows; row++) {
            addBias(residual.values(), residual.at(row), y.values(), y.at(row));
        }
        addProduct(x, y, numRows);
    }

    private void addBias(float[] from, int fromOffset, float[] to, int toOffset) {
        for (int i = 0; i < bias.length; i++) {
            to[toOffset + i] = from[fromOffset + i] + bias[i];
        }
    }

    private void addProduct(Rows x, Rows y, int numRows) {
        int width = kernels.panelWidth();
        int offset = 0;
        for (int input = 0; input < numInputs; input += depth) {
            int blockDepth = Math.min(depth, numInputs - input);
            for (int column = 0; column < bias.length; column += width) {
                kernels.multiply(
                        numRows,
                        blockDepth,
                        x.values(),
                        x.offset() + input,
                        x.stride(),
                        packed,
                        offset,
                        y.values(),
                        y.offset() + column,
                        y.stride());
                offset += blockDepth * width;
            }
        }
    }
}
