package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.linear;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.cpu.Int8Products;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import dev.albert4j.model.Int8Matrix;
import dev.albert4j.model.OutputStates;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class RoundingTest {
    private static final int ROWS = 4;
    private static final int INPUTS = 9;
    private static final int OUTPUTS = 5;

    /**
     * The engine's own arithmetic, in plain Java. Both add up in another order, which differs between processors too, so here and there a
     * value between two steps falls to the other side and moves its sequence by a step: the median does not see that.
     */
    @Test
    void theEncoderRoundsAsTheEngineOfEightBits() {
        Batch batch = TinyModels.batch(TinyModels.examples(20, 3));
        for (int seed = 0; seed < 5; seed++) {
            AlbertWeights weights = AlbertWeights.initialize(TinyModels.config(), seed);
            try (PointerScope scope = new PointerScope();
                    AlbertModel rounding = new AlbertModel(weights, TrainingDevice.CPU, Rounding.INT8);
                    AlbertModel replica = rounding.replica();
                    AlbertModel floats = new AlbertModel(weights);
                    Int8Products products = Int8Products.inJava();
                    CpuEncoder engine = CpuEncoder.of(weights, 1, products)) {
                PackedBatch packed = PackedBatch.of(batch);
                float[] states = engine.encode(batch, OutputStates.LAST).lastHiddenState();
                assertThat(distance(rounding.lastHiddenState(packed, state -> {}), states))
                        .isLessThan(2e-6);
                assertThat(distance(floats.lastHiddenState(packed, state -> {}), states))
                        .isGreaterThan(1e-3);
                float[] pooled = engine.encode(batch, OutputStates.POOLED).poolerOutput();
                assertThat(distance(rounding.pooled(packed), pooled)).isLessThan(2e-6);
                assertThat(distance(replica.pooled(packed), pooled)).isLessThan(2e-6);
                assertThat(distance(floats.pooled(packed), pooled)).isGreaterThan(1e-3);
            }
        }
    }

    /** The median absolute difference. */
    private static double distance(Tensor actual, float[] expected) {
        float[] values = Tensors.floats(actual);
        assertThat(values).hasSameSizeAs(expected);
        double[] differences = IntStream.range(0, values.length)
                .mapToDouble(i -> Math.abs(values[i] - expected[i]))
                .sorted()
                .toArray();
        return differences[differences.length / 2];
    }

    @Test
    void theGradientIsThatOfTheProductOfRoundedOperands() {
        Random random = new Random(1);
        float[] x = random(random, ROWS * INPUTS);
        float[] w = random(random, OUTPUTS * INPUTS);
        float[] c = random(random, ROWS * OUTPUTS);
        Arrays.fill(x, INPUTS, 2 * INPUTS, 0); // a row of nothing
        Arrays.fill(w, 0, INPUTS, 0);
        for (int i = 2 * INPUTS; i < 3 * INPUTS; i++) {
            x[i] = 1 + Math.abs(x[i]); // 0 belongs to the grid of a row without it
        }
        float[] roundedX = asUnsigned(x);
        float[] roundedW = Int8Matrix.of(w, OUTPUTS, INPUTS).toFloats();
        assertThat(roundedX).isNotEqualTo(x);
        float[] expectedX = new float[x.length]; // c · roundedW
        float[] expectedW = new float[w.length]; // cᵀ · roundedX
        for (int row = 0; row < ROWS; row++) {
            for (int output = 0; output < OUTPUTS; output++) {
                for (int input = 0; input < INPUTS; input++) {
                    float factor = c[row * OUTPUTS + output];
                    expectedX[row * INPUTS + input] += factor * roundedW[output * INPUTS + input];
                    expectedW[output * INPUTS + input] += factor * roundedX[row * INPUTS + input];
                }
            }
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor rows = leaf(x, ROWS);
            Tensor matrix = leaf(w, OUTPUTS);
            Tensor inputs = Rounding.INT8.inputs(rows);
            Tensor weights = Rounding.INT8.weights(matrix);
            assertThat(Tensors.floats(inputs)).containsExactly(roundedX, within(1e-6f));
            assertThat(Tensors.floats(weights)).containsExactly(roundedW);
            Tensor factors = Tensors.of(c, new Device(DeviceType.CPU)).view(ROWS, OUTPUTS);
            linear(inputs, weights).mul(factors).sum().backward();
            assertThat(Tensors.floats(rows.grad())).containsExactly(expectedX, within(1e-5f));
            assertThat(Tensors.floats(matrix.grad())).containsExactly(expectedW, within(1e-5f));
        }
    }

    private static Tensor leaf(float[] values, int rows) {
        return Tensors.of(values, new Device(DeviceType.CPU))
                .view(rows, -1)
                .detach()
                .set_requires_grad(true);
    }

    private static float[] random(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Each row on 256 steps from its least to its greatest value, 0 among them. */
    private static float[] asUnsigned(float[] x) {
        float[] rounded = new float[x.length];
        for (int row = 0; row < ROWS; row++) {
            double min = 0;
            double max = 0;
            for (int i = row * INPUTS; i < (row + 1) * INPUTS; i++) {
                min = Math.min(min, x[i]);
                max = Math.max(max, x[i]);
            }
            double step = (max - min) / 255;
            for (int i = row * INPUTS; step > 0 && i < (row + 1) * INPUTS; i++) {
                double zero = Math.rint(-min / step);
                double integer = Math.max(0, Math.min(255, Math.rint(x[i] / step) + zero));
                rounded[i] = (float) ((integer - zero) * step);
            }
        }
        return rounded;
    }

    @Test
    void hiddenWordsAreGuessedWithTheRoundedTable() {
        AlbertWeights weights = AlbertWeights.initialize(
                TinyModels.config().toBuilder()
                        .head(Head.MASKED_LM)
                        .labels(List.of())
                        .build(),
                7);
        float[] states = random(new Random(2), 3 * 8);
        assertThat(logits(weights, Rounding.INT8, states))
                .isEqualTo(logits(weights.quantized(), Rounding.NONE, states))
                .isNotEqualTo(logits(weights, Rounding.NONE, states));
    }

    private static float[] logits(AlbertWeights weights, Rounding rounding, float[] states) {
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(weights, TrainingDevice.CPU, rounding)) {
            return Tensors.floats(
                    model.predictionLogits(Tensors.of(states, model.device()).view(3, 8)));
        }
    }

    @Test
    void eightBitsAreRoundedFromFloatsOf32() {
        assertThatExceptionOfType(WrongSettingException.class)
                .isThrownBy(() -> TrainConfig.parse("{\"quantize\": \"INT8\", \"precision\": \"BF16\"}"))
                .withMessage("quantize INT8 needs the precision FP32, not BF16");
    }
}
