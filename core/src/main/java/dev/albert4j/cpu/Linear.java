package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertWeights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer, {@code y = x Wᵀ + b}, its weights packed once: blocks of at most {@link #MAX_DEPTH} inputs, in each
 * block all panels of outputs.
 *
 * <p>A block of rows of x stays in the second-level cache while the panels pass over it once; a panel stays in the first
 * while the rows pass over it.
 */
final class Linear {
    private static final int MAX_DEPTH = 384;
    private static final int ROWS_PER_TASK = 240; // a multiple of every tile height
    // Below this, waking a thread costs more than it brings.
    private static final long MIN_PRODUCTS_PER_TASK = 100_000;

    private final Kernels kernels;
    private final int numInputs;
    private final int numPanels;
    private final int depth; // inputs of a block
    private final float[] packed; // [blocks, panels, depth, panelWidth]
    private final float[] bias; // [panels * panelWidth]

    private Linear(Kernels kernels, int numInputs, int numPanels, int depth, float[] packed, float[] bias) {
        this.kernels = kernels;
        this.numInputs = numInputs;
        this.numPanels = numPanels;
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
        return new Linear(kernels, numInputs, numPanels, depth, packed, bias);
    }

    /** {@code y = x Wᵀ + b}. */
    void apply(Rows x, Rows y, int numRows, Team team) {
        apply(x, null, null, y, numRows, team);
    }

    /** {@code y = activation(x Wᵀ + b)}. */
    void applyActivation(Rows x, Activation activation, Rows y, int numRows, Team team) {
        apply(x, null, activation, y, numRows, team);
    }

    /** {@code y = x Wᵀ + b + residual}. */
    void applyResidual(Rows x, Rows residual, Rows y, int numRows, Team team) {
        apply(x, residual, null, y, numRows, team);
    }

    private void apply(
            Rows x, @Nullable Rows residual, @Nullable Activation activation, Rows y, int numRows, Team team) {
        int rowParts = (numRows + ROWS_PER_TASK - 1) / ROWS_PER_TASK;
        long products = (long) numRows * numInputs * numPanels * kernels.panelWidth();
        int wanted = team.size() == 1 ? 1 : (int) Math.min(4L * team.size(), 1 + products / MIN_PRODUCTS_PER_TASK);
        int panelParts = Math.min(numPanels, (wanted + rowParts - 1) / rowParts);
        team.run(rowParts * panelParts, (task, member) -> {
            int fromRow = task / panelParts * ROWS_PER_TASK;
            int toRow = Math.min(numRows, fromRow + ROWS_PER_TASK);
            int fromPanel = numPanels * (task % panelParts) / panelParts;
            int toPanel = numPanels * (task % panelParts + 1) / panelParts;
            int fromColumn = fromPanel * kernels.panelWidth();
            int numColumns = (toPanel - fromPanel) * kernels.panelWidth();
            for (int row = fromRow; row < toRow; row++) {
                start(y, residual, row, fromColumn, numColumns);
            }
            multiply(x, y, fromRow, toRow, fromPanel, toPanel);
            if (activation != null) {
                for (int row = fromRow; row < toRow; row++) {
                    kernels.activate(activation, y.values(), row * y.stride() + fromColumn, numColumns);
                }
            }
        });
    }

    /** What the product is added to. */
    private void start(Rows y, @Nullable Rows residual, int row, int fromColumn, int numColumns) {
        float[] to = y.values();
        int offset = row * y.stride() + fromColumn;
        if (residual == null) {
            System.arraycopy(bias, fromColumn, to, offset, numColumns);
            return;
        }
        float[] from = residual.values();
        int residualOffset = row * residual.stride() + fromColumn;
        for (int i = 0; i < numColumns; i++) {
            to[offset + i] = from[residualOffset + i] + bias[fromColumn + i];
        }
    }

    private void multiply(Rows x, Rows y, int fromRow, int toRow, int fromPanel, int toPanel) {
        int width = kernels.panelWidth();
        for (int input = 0; input < numInputs; input += depth) {
            int blockDepth = Math.min(depth, numInputs - input);
            int block = input * numPanels * width;
            for (int panel = fromPanel; panel < toPanel; panel++) {
                kernels.multiply(
                        toRow - fromRow,
                        blockDepth,
                        x.values(),
                        fromRow * x.stride() + input,
                        x.stride(),
                        packed,
                        block + panel * blockDepth * width,
                        y.values(),
                        fromRow * y.stride() + panel * width,
                        y.stride());
            }
        }
    }
}
