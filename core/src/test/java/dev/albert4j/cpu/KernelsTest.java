package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.model.Activation;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every implementation against plain double precision, on random shapes with all kinds of tails. */
class KernelsTest {
    private final long seed = Long.getLong("albert4j.seed", System.nanoTime());
    private final Random random = new Random(seed);

    static Stream<Kernels> implementations() {
        return Stream.of(PreferredKernels.get(), new ScalarKernels(), new ScalarKernels(4));
    }

    @AfterEach
    void printSeed() {
        Logger.INSTANCE.log(System.Logger.Level.INFO, "repeat with -Dalbert4j.seed=" + seed);
    }

    @Test
    void theVectorApiIsUsedWhereItIs() {
        assertThat(PreferredKernels.get().toString()).startsWith("vector");
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void multiplyAddsTheProduct(Kernels kernels) {
        int width = kernels.panelWidth();
        for (int rows = 1; rows <= 30; rows++) {
            int depth = 1 + random.nextInt(rows % 3 == 0 ? 400 : 40);
            int cStride = width + random.nextInt(20);
            float[] a = values(7 + (rows + Kernels.ROW_SLACK) * Kernels.LEFT_STRIDE, 1);
            float[] panels = values(5 + (1 + random.nextInt(2)) * depth * width, 1); // one, or another after it
            float[] c = values(3 + (rows + Kernels.ROW_SLACK) * cStride, 1);
            float[] before = c.clone();
            kernels.multiply(rows, depth, a, 7, panels, 5, c, 3, cStride);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < cStride; column++) {
                    int at = 3 + row * cStride + column;
                    double sum = before[at];
                    for (int k = 0; k < depth && column < width; k++) {
                        sum += (double) a[7 + row * Kernels.LEFT_STRIDE + k] * panels[5 + k * width + column];
                    }
                    assertThat((double) c[at])
                            .as("row %d of %d, depth %d, column %d", row, rows, depth, column)
                            .isCloseTo(sum, Offset.offset(1e-4));
                }
            }
            int written = Panels.roundUp(rows, Kernels.ROW_UNIT);
            for (int at = 3 + written * cStride; at < c.length; at++) {
                assertThat(c[at]).isEqualTo(before[at]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void aRowsProductDoesNotDependOnTheRowsBesideIt(Kernels kernels) {
        int width = kernels.panelWidth();
        int depth = 50;
        float[] a = values((40 + Kernels.ROW_SLACK) * Kernels.LEFT_STRIDE, 1);
        float[] panel = values(depth * width, 1);
        float[] together = new float[(40 + Kernels.ROW_SLACK) * width];
        kernels.multiply(40, depth, a, 0, panel, 0, together, 0, width);
        for (int rows = 1; rows <= 40; rows++) {
            float[] alone = new float[(rows + Kernels.ROW_SLACK) * width];
            kernels.multiply(rows, depth, a, (40 - rows) * Kernels.LEFT_STRIDE, panel, 0, alone, 0, width);
            for (int i = 0; i < rows * width; i++) {
                assertThat(alone[i]).isEqualTo(together[(40 - rows) * width + i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void layerNormIsTheTextbooks(Kernels kernels) {
        for (int size = 1; size < 100; size++) {
            float[] x = values(3 + size + 5, 3);
            float[] before = x.clone();
            float[] weight = values(size, 1);
            float[] bias = values(size, 1);
            kernels.layerNorm(x, 3, size, weight, bias, 1e-3);
            double mean = 0;
            for (int i = 0; i < size; i++) {
                mean += before[3 + i] / (double) size;
            }
            double variance = 0;
            double largest = 0;
            for (int i = 0; i < size; i++) {
                variance += (before[3 + i] - mean) * (before[3 + i] - mean) / size;
                largest = Math.max(largest, Math.abs(before[3 + i]));
            }
            double scale = 1 / Math.sqrt(variance + 1e-3);
            for (int i = 0; i < x.length; i++) {
                if (i < 3 || i >= 3 + size) {
                    assertThat(x[i]).isEqualTo(before[i]);
                    continue;
                }
                double w = weight[i - 3];
                double b = bias[i - 3];
                // The mean's rounding, a part of the largest value, is scaled too: much where all values are alike.
                double rounding = Math.ulp(0.5f) * (Math.abs(b) + Math.abs(w) * (1 + largest * scale));
                assertThat((double) x[i]).isCloseTo((before[i] - mean) * scale * w + b, Offset.offset(6 * rounding));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void softmaxIsTheTextbooks(Kernels kernels) {
        for (int size = 1; size < 100; size++) {
            float[] x = values(3 + Panels.roundUp(size, kernels.panelWidth()), size % 5 == 0 ? 200 : 3);
            float[] before = x.clone();
            float inverse = kernels.softmaxNumerators(x, 3, size, 0.7f);
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < size; i++) {
                max = Math.max(max, before[3 + i]);
            }
            double sum = 0;
            for (int i = 0; i < size; i++) {
                sum += Math.exp((before[3 + i] - max) * 0.7f);
            }
            for (int i = 0; i < size; i++) {
                double expected = Math.exp((before[3 + i] - max) * 0.7f) / sum;
                assertThat((double) x[3 + i] * inverse).isCloseTo(expected, Offset.offset(3e-7 + expected * 3e-5));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void activationsAreRightToSingleRounding(Kernels kernels) {
        int size = 400 * kernels.panelWidth();
        float[] inputs = values(size, 6);
        inputs[0] = 0;
        inputs[1] = -0f;
        inputs[2] = 1000;
        inputs[3] = -1000;
        inputs[4] = Float.MIN_VALUE;
        inputs[5] = 1e18f;
        inputs[6] = -1e12f;
        for (Activation activation : Activation.values()) {
            float[] x = new float[3 + size];
            System.arraycopy(inputs, 0, x, 3, size);
            kernels.activate(activation, x, 3, size);
            for (int i = 0; i < size; i++) {
                double expected = expected(activation, inputs[i]);
                assertThat((double) x[3 + i])
                        .as("%s(%s)", activation, inputs[i])
                        .isCloseTo(expected, Offset.offset(2e-7 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    private static double expected(Activation activation, double x) {
        return switch (activation) {
            case GELU_ERF -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case RELU -> Math.max(0, x);
        };
    }

    /** Kummer's series, whose terms all have one sign. */
    private static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 400; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    private float[] values(int size, double deviation) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    private static final class Logger {
        static final System.Logger INSTANCE = System.getLogger(KernelsTest.class.getName());
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void quantizeRoundsToTheNearestOf256StepsAmongThemZero(Kernels kernels) {
        for (int size = 1; size < 70; size++) {
            float[] x = values(5 + size, size % 3 == 0 ? 1e-3f : 30);
            if (size % 4 == 0) {
                for (int i = 0; i < x.length; i++) {
                    x[i] = Math.abs(x[i]);
                }
            }
            byte[] q = new byte[size + 9];
            float[] scaleAndZero = new float[3];
            kernels.quantize(x, 5, size, q, 4, scaleAndZero, 1);
            float scale = scaleAndZero[1];
            float zero = scaleAndZero[2];
            assertThat(zero).isBetween(0f, 255f).isEqualTo((float) Math.rint(zero));
            for (int i = 0; i < size; i++) {
                float back = ((q[4 + i] & 0xff) - zero) * scale;
                assertThat(back).as("%d of %d", i, size).isCloseTo(x[5 + i], Offset.offset(scale * 0.51f));
            }
            for (int i = 0; i < q.length; i++) {
                assertThat(i >= 4 && i < 4 + size || q[i] == 0).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void dequantizeUndoesScaleAndZeroAndAddsBiasAndResidual(Kernels kernels) {
        for (int size = 1; size < 100; size++) {
            int padded = Panels.roundUp(size, kernels.panelWidth());
            float[] y = values(3 + padded + 2, 5);
            float[] before = y.clone();
            float[] bias = values(padded, 1);
            float[] sums = values(padded, 1);
            float[] residual = size % 2 == 0 ? null : values(7 + padded, 1);
            float[] scaleAndZero = {9, 0.3f, 17};
            kernels.dequantize(y, 3, size, scaleAndZero, 1, bias, sums, residual, 7);
            for (int i = 0; i < size; i++) {
                double expected = (double) 0.3f * before[3 + i]
                        + bias[i]
                        - (double) 0.3f * 17 * sums[i]
                        + (residual == null ? 0 : residual[7 + i]);
                assertThat((double) y[3 + i]).as("%d of %d", i, size).isCloseTo(expected, Offset.offset(1e-5));
            }
            assertThat(Arrays.copyOf(y, 3)).isEqualTo(Arrays.copyOf(before, 3));
            assertThat(Arrays.copyOfRange(y, 3 + padded, y.length))
                    .isEqualTo(Arrays.copyOfRange(before, 3 + padded, y.length));
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void scaleWritesARowAndNothingElse(Kernels kernels) {
        for (int size = 1; size < 100; size++) {
            float[] x = values(5 + size, 1);
            float[] y = new float[size + 9];
            kernels.scale(0.7f, x, 5, size, y, 4);
            for (int i = 0; i < y.length; i++) {
                assertThat(y[i]).isEqualTo(i >= 4 && i < 4 + size ? 0.7f * x[5 + i - 4] : 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void whatIsNotANumberStaysSo(Kernels kernels) {
        int width = kernels.panelWidth();
        for (int bits : new int[] {0x7fc00000, 0xffc00000}) { // of both signs
            for (Activation activation : Activation.values()) {
                float[] x = new float[width];
                x[3] = Float.intBitsToFloat(bits);
                kernels.activate(activation, x, 0, width);
                assertThat(x[3]).as("%s", activation).isNaN();
            }
            float[] x = new float[width];
            x[3] = Float.intBitsToFloat(bits);
            assertThat(kernels.softmaxNumerators(x, 0, width, 1)).isNaN();
            float[] scaleAndZero = new float[2];
            x = new float[width];
            x[3] = Float.intBitsToFloat(bits);
            kernels.quantize(x, 0, width, new byte[width], 0, scaleAndZero, 0);
            assertThat(scaleAndZero[0]).isNaN();
        }
    }

    @Test
    void quantizeOfZerosIsZeros() {
        implementations().forEach(kernels -> {
            byte[] q = new byte[20];
            float[] scaleAndZero = new float[2];
            kernels.quantize(new float[20], 0, 20, q, 0, scaleAndZero, 0);
            assertThat(scaleAndZero).containsExactly(1, 0);
            assertThat(q).containsOnly(0);
        });
    }

    @Test
    void plainJavaGivesTheBitsOfTheVectors() {
        Kernels vector = PreferredKernels.load();
        int width = vector.panelWidth();
        Kernels scalar = PreferredKernels.inPlainJava();
        assertThat(scalar.toString()).isEqualTo("scalar");
        assertThat(scalar.panelWidth()).isEqualTo(width);
        for (int size = 1; size < 200; size++) {
            int n = size;
            int padded = Panels.roundUp(size, width);
            float[] x = values(padded, size % 5 == 0 ? 60 : 3);
            float[] weight = values(padded, 1);
            float[] bias = values(padded, 1);
            same(x, (kernels, y) -> kernels.layerNorm(y, 0, n, weight, bias, 1e-12), vector, scalar);
            same(x, (kernels, y) -> y[padded] = kernels.softmaxNumerators(y, 0, n, 0.3f), vector, scalar);
            same(x, (kernels, y) -> kernels.scale(0.3f, x, 0, n, y, 0), vector, scalar);
            for (Activation activation : Activation.values()) {
                same(x, (kernels, y) -> kernels.activate(activation, y, 0, padded), vector, scalar);
            }
            float[] factors = {0.3f, 17};
            same(
                    Arrays.copyOf(x, n),
                    (kernels, y) -> {
                        float[] row = Arrays.copyOf(y, padded);
                        kernels.dequantize(row, 0, n, factors, 0, bias, weight, n % 2 == 0 ? null : x, 0);
                        System.arraycopy(row, 0, y, 0, n);
                    },
                    vector,
                    scalar);
            float[] a = values((4 + Kernels.ROW_SLACK) * Kernels.LEFT_STRIDE, 1);
            float[] panel = values(n * width, 1);
            same(
                    values(4 * width, 1),
                    (kernels, c) -> kernels.multiply(4, n, a, 0, panel, 0, c, 0, width),
                    vector,
                    scalar);
            byte[] q = new byte[n];
            byte[] expected = new byte[n];
            same(
                    x,
                    (kernels, y) -> kernels.quantize(x, 0, n, kernels == vector ? expected : q, 0, y, 0),
                    vector,
                    scalar);
            assertThat(q).isEqualTo(expected);
        }
    }

    private static void same(float[] x, BiConsumer<Kernels, float[]> task, Kernels expected, Kernels actual) {
        float[] first = Arrays.copyOf(x, x.length + 1);
        float[] second = first.clone();
        task.accept(expected, first);
        task.accept(actual, second);
        for (int i = 0; i < first.length; i++) {
            assertThat(Float.floatToRawIntBits(second[i]))
                    .as("%d of %d: %s, %s", i, x.length, second[i], first[i])
                    .isEqualTo(Float.floatToRawIntBits(first[i]));
        }
    }
}
