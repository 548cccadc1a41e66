package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import dev.albert4j.model.Int8Matrix;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer whose weights are 8-bit integers with a scale for each output. Inputs are rounded to 8 bits as they come,
 * each row with a scale and a zero of its own ({@link Kernels#quantize}); the rest is float32. One thread computes it.
 */
final class Int8Linear implements Linear {
    private final Kernels kernels;
    private final Int8Products.Product product;
    private final QuantizedRows.Pool pool;
    private final int numInputs;
    private final int numOutputs;
    private final float[] bias; // [numOutputs], up to the next multiple of a panel's width
    private final float[] rowSums; // of the weights, what an input of 1 adds up to; as many

    private Int8Linear(
            Kernels kernels,
            Int8Products.Product product,
            QuantizedRows.Pool pool,
            int numInputs,
            int numOutputs,
            float[] bias,
            float[] rowSums) {
        this.kernels = kernels;
        this.product = product;
        this.pool = pool;
        this.numInputs = numInputs;
        this.numOutputs = numOutputs;
        this.bias = bias;
        this.rowSums = rowSums;
    }

    /**
     * @param weight [numOutputs, numInputs]
     * @param bias [numOutputs]
     */
    static Int8Linear of(
            Int8Matrix weight, float[] bias, Kernels kernels, Int8Products products, QuantizedRows.Pool pool) {
        int numInputs = weight.numColumns();
        int numOutputs = weight.numRows();
        int padded = Panels.roundUp(numOutputs, kernels.panelWidth());
        float[] rowSums = new float[padded];
        for (int output = 0; output < numOutputs; output++) {
            int sum = 0;
            for (int input = 0; input < numInputs; input++) {
                sum += weight.value(output * numInputs + input);
            }
            rowSums[output] = weight.scale(output) * sum;
        }
        return new Int8Linear(
                kernels, products.pack(weight), pool, numInputs, numOutputs, Arrays.copyOf(bias, padded), rowSums);
    }

    @Override
    public void apply(Rows x, Rows y, int numRows, Team team) {
        multiply(quantize(x, numRows), null, y, numRows, row -> {});
    }

    @Override
    public void applyActivation(Rows x, Activation activation, Rows y, int numRows, Team team) {
        multiply(quantize(x, numRows), null, y, numRows, row -> activate(activation, y, row));
    }

    @Override
    public void applyResidual(Rows x, Rows residual, Rows y, int numRows, Team team) {
        applyResidual(quantize(x, numRows), residual, y, numRows);
    }

    /**
     * {@code activation(x Wᵀ + b)}, rounded for a layer that follows, each row while it is in the cache.
     *
     * @param buffer room for one row of outputs
     * @return [numRows, numOutputs], for {@link #applyResidual(QuantizedRows, Rows, Rows, int)}
     */
    QuantizedRows applyActivation(Rows x, Activation activation, Rows buffer, int numRows) {
        Rows y = new Rows(buffer.values(), buffer.offset(), 0);
        QuantizedRows activated = pool.take(numRows, numOutputs);
        multiply(quantize(x, numRows), null, y, numRows, row -> {
            activate(activation, y, row);
            quantize(y, row, numOutputs, activated);
        });
        return activated;
    }

    /** {@code y = x Wᵀ + b + residual}; x is no longer to be used. */
    void applyResidual(QuantizedRows x, Rows residual, Rows y, int numRows) {
        multiply(x, residual, y, numRows, row -> {});
    }

    private QuantizedRows quantize(Rows x, int numRows) {
        QuantizedRows q = pool.take(numRows, numInputs);
        for (int row = 0; row < numRows; row++) {
            quantize(x, row, numInputs, q);
        }
        return q;
    }

    private void quantize(Rows x, int row, int numColumns, QuantizedRows q) {
        kernels.quantize(x.values(), x.at(row), numColumns, q.values(), row * numColumns, q.scalesAndZeros(), 2 * row);
    }

    private void activate(Activation activation, Rows y, int row) {
        kernels.activate(activation, y.values(), y.at(row), bias.length);
    }

    /** Gives x back to the pool. */
    private void multiply(QuantizedRows x, @Nullable Rows residual, Rows y, int numRows, IntConsumer withRow) {
        product.multiply(x.values(), numRows, y.values(), y.offset(), y.stride(), row -> {
            kernels.dequantize(
                    y.values(),
                    y.at(row),
                    numOutputs,
                    x.scalesAndZeros(),
                    2 * row,
                    bias,
                    rowSums,
                    residual == null ? null : residual.values(),
                    residual == null ? 0 : residual.at(row));
            withRow.accept(row);
        });
        pool.giveBack(x);
    }
}
