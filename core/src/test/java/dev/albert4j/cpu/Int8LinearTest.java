package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.model.Activation;
import dev.albert4j.model.Int8Matrix;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Int8LinearTest {
    private static final int NUM_ROWS = 7;
    private static final int HIDDEN = 26;
    private static final int INTERMEDIATE = 70;

    private final Random random = new Random(2);
    private final Kernels kernels = PreferredKernels.get();
    private final QuantizedRows.Pool pool = new QuantizedRows.Pool();
    private final Team alone = Team.alone();

    /** A layer's feed-forward half keeps one row of its intermediate floats; results are those with all rows, to the last bit. */
    @ParameterizedTest
    @EnumSource
    void rowsRoundedAsTheyComeGiveTheSame(Activation activation) {
        try (Int8Products products = Int8Products.inJava()) {
            Int8Linear ffn = linear(INTERMEDIATE, HIDDEN, products);
            Int8Linear ffnOutput = linear(HIDDEN, INTERMEDIATE, products);
            Rows x = rows(HIDDEN);
            Rows intermediate = rows(INTERMEDIATE);
            Rows expected = rows(HIDDEN);
            ffn.applyActivation(x, activation, intermediate, NUM_ROWS, alone);
            ffnOutput.applyResidual(intermediate, x, expected, NUM_ROWS, alone);

            Rows row = Rows.of(1, INTERMEDIATE, kernels.panelWidth());
            Rows y = rows(HIDDEN);
            ffnOutput.applyResidual(ffn.applyActivation(x, activation, row, NUM_ROWS), x, y, NUM_ROWS);
            assertThat(values(y)).isEqualTo(values(expected));
        }
    }

    private Int8Linear linear(int numOutputs, int numInputs, Int8Products products) {
        Int8Matrix weight = Int8Matrix.of(gaussians(numOutputs * numInputs), numOutputs, numInputs);
        return Int8Linear.of(weight, gaussians(numOutputs), kernels, products, pool);
    }

    private Rows rows(int numColumns) {
        Rows rows = Rows.of(NUM_ROWS, numColumns, kernels.panelWidth());
        System.arraycopy(gaussians(rows.values().length), 0, rows.values(), 0, rows.values().length);
        return rows;
    }

    private float[] gaussians(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] values(Rows rows) {
        float[] values = new float[NUM_ROWS * HIDDEN];
        rows.copyTo(values, 0, NUM_ROWS, HIDDEN);
        return values;
    }
}
