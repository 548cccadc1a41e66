package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertWeights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer in float32, its weights packed once: blocks of at most {@link Kernels#MAX_DEPTH} inputs, in each
 * block all panels of outputs.
 *
 * <p>Inputs are copied to where products take them from, block by block. Those of one block stay in the second-level cache while the
 * panels pass over them, each panel once.
 */
final class FloatLinear implements Linear {
    private static final int MAX_BLOCK = 1 << 16; // weights that are read at once
    // About five microseconds: below, waking another thread does not pay.
    private static final long MIN_PRODUCTS_PER_TASK = 500_000;

    private final Kernels kernels;
    private final Buffers buffers;
    private final int numInputs;
    private final int depth; // inputs of a block
    private final float[] packed; // [blocks, panels, depth, panelWidth]
    private final float[] bias; // [panels * panelWidth]

    private FloatLinear(Kernels kernels, Buffers buffers, int numInputs, int depth, float[] packed, float[] bias) {
        this.kernels = kernels;
        this.buffers = buffers;
        this.numInputs = numInputs;
        this.depth = depth;
        this.packed = packed;
        this.bias = bias;
    }

    /** The parameters {@code name.weight} [numOutputs, numInputs] and {@code name.bias} [numOutputs]. */
    static FloatLinear of(
            AlbertWeights weights, String name, int numOutputs, int numInputs, Kernels kernels, Buffers buffers) {
        FloatLinear linear = unpacked(weights.values(name + ".bias"), numOutputs, numInputs, kernels, buffers);
        int panel = kernels.panelWidth() * numInputs;
        int blockSize = Math.max(1, MAX_BLOCK / panel) * panel;
        weights.readBlocks(
                name + ".weight",
                blockSize,
                (values, begin, count) -> linear.pack(values, begin / numInputs, count / numInputs));
        return linear;
    }

    /** A weight [numOutputs, numInputs] and a bias [numOutputs]. */
    static FloatLinear of(
            float[] weight, float[] bias, int numOutputs, int numInputs, Kernels kernels, Buffers buffers) {
        FloatLinear linear = unpacked(bias, numOutputs, numInputs, kernels, buffers);
        linear.pack(weight, 0, numOutputs);
        return linear;
    }

    private static FloatLinear unpacked(float[] bias, int numOutputs, int numInputs, Kernels kernels, Buffers buffers) {
        int padded = Panels.roundUp(numOutputs, kernels.panelWidth());
        int numBlocks = (numInputs + Kernels.MAX_DEPTH - 1) / Kernels.MAX_DEPTH;
        int depth = (numInputs + numBlocks - 1) / numBlocks;
        float[] packed = new float[Math.multiplyExact(numInputs, padded)];
        return new FloatLinear(kernels, buffers, numInputs, depth, packed, Arrays.copyOf(bias, padded));
    }

    /**
     * Packs the weights of some outputs.
     *
     * @param weight [numOutputs, numInputs]
     * @param from the first, with which a panel begins
     */
    private void pack(float[] weight, int from, int numOutputs) {
        int width = kernels.panelWidth();
        for (int input = 0; input < numInputs; input += depth) {
            int blockDepth = Math.min(depth, numInputs - input);
            for (int output = 0; output < numOutputs; output += width) {
                Panels.packTransposed(
                        weight,
                        output * numInputs + input,
                        numInputs,
                        Math.min(width, numOutputs - output),
                        blockDepth,
                        packed,
                        input * bias.length + (from + output) * blockDepth,
                        width);
            }
        }
    }

    @Override
    public void apply(Rows x, Rows y, int numRows, Team team) {
        apply(x, null, null, y, numRows, team);
    }

    @Override
    public void applyActivation(Rows x, Activation activation, Rows y, int numRows, Team team) {
        apply(x, null, activation, y, numRows, team);
    }

    @Override
    public void applyResidual(Rows x, Rows residual, Rows y, int numRows, Team team) {
        apply(x, residual, null, y, numRows, team);
    }

    private void apply(
            Rows x, @Nullable Rows residual, @Nullable Activation activation, Rows y, int numRows, Team team) {
        int blockSize = Math.multiplyExact(numRows + Kernels.ROW_SLACK, Kernels.LEFT_STRIDE);
        int numBlocks = (numInputs + depth - 1) / depth;
        float[] left = buffers.take(Math.multiplyExact(numBlocks, blockSize)); // [blocks, rows, LEFT_STRIDE]
        for (int input = 0; input < numInputs; input += depth) {
            x.copyLeft(input, Math.min(depth, numInputs - input), numRows, left, input / depth * blockSize);
        }
        int numPanels = bias.length / kernels.panelWidth();
        long useful = 1 + (long) numRows * numInputs * bias.length / MIN_PRODUCTS_PER_TASK;
        int numTasks = team.size() == 1 ? 1 : (int) Math.min(useful, Math.min(numPanels, 2 * team.size()));
        team.run(
                numTasks,
                (task, member) -> applyPanels(
                        left,
                        blockSize,
                        residual,
                        activation,
                        y,
                        numRows,
                        numPanels * task / numTasks,
                        numPanels * (task + 1) / numTasks));
        buffers.giveBack(left);
    }

    /** @param left x in blocks of inputs */
    private void applyPanels(
            float[] left,
            int blockSize,
            @Nullable Rows residual,
            @Nullable Activation activation,
            Rows y,
            int numRows,
            int fromPanel,
            int toPanel) {
        int from = fromPanel * kernels.panelWidth();
        int to = toPanel * kernels.panelWidth();
        for (int row = 0; row < numRows; row++) {
            System.arraycopy(bias, from, y.values(), y.at(row) + from, to - from);
            if (residual != null) {
                add(residual.values(), residual.at(row) + from, y.values(), y.at(row) + from, to - from);
            }
        }
        addProduct(left, blockSize, y, numRows, fromPanel, toPanel);
        if (activation != null) {
            for (int row = 0; row < numRows; row++) {
                kernels.activate(activation, y.values(), y.at(row) + from, to - from);
            }
        }
    }

    private static void add(float[] from, int fromOffset, float[] to, int toOffset, int size) {
        for (int i = 0; i < size; i++) {
            to[toOffset + i] += from[fromOffset + i];
        }
    }

    private void addProduct(float[] left, int blockSize, Rows y, int numRows, int fromPanel, int toPanel) {
        int width = kernels.panelWidth();
        for (int input = 0; input < numInputs; input += depth) {
            int blockDepth = Math.min(depth, numInputs - input);
            int block = input * bias.length;
            for (int panel = fromPanel; panel < toPanel; panel++) {
                kernels.multiply(
                        numRows,
                        blockDepth,
                        left,
                        input / depth * blockSize,
                        packed,
                        block + panel * blockDepth * width,
                        y.values(),
                        y.offset() + panel * width,
                        y.stride());
            }
        }
    }
}
