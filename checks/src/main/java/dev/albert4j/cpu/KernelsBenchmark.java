package dev.albert4j.cpu;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The loops of {@link Kernels}, each on its own, by JMH: {@code checks/bench KernelsBenchmark [NAME] [JMH'S OPTIONS]}, for example
 * {@code checks/bench KernelsBenchmark multiply -p depth=26,312}. Microseconds for 64 rows of 3072 values, copied
 * first where a loop works in place; of {@code multiply} for 64 rows and {@code panels} panels of {@code depth} rows: divide
 * {@code 2 · 64 · depth · panels · panelWidth} operations by them. It stands in the encoder's package, whose kernels are not public.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelsBenchmark {
    private static final int ROWS = 64;
    private static final int SIZE = 3072;

    private final Kernels kernels = PreferredKernels.get();
    private final float[] x = new float[ROWS * SIZE];
    private final float[] work = new float[ROWS * SIZE];
    private final float[] weight = new float[SIZE];
    private final float[] bias = new float[SIZE];
    private final byte[] integers = new byte[ROWS * SIZE];
    private final float[] scalesAndZeros = new float[2 * ROWS];

    @Setup
    public void fill() {
        PreferredKernels.awaitWarmUp(true);
        Random random = new Random(1);
        for (float[] values : new float[][] {x, weight, bias}) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
        }
    }

    /** What {@link Kernels#multiply} reads and writes. */
    @State(Scope.Thread)
    public static class Product {
        /** 26 and 64 are heads of tiny and base, 312 and 768 hidden states. */
        @Param({"26", "64", "312", "768"})
        public int depth;

        /** Of depth 312, 24 stay in a second-level cache of 2 MB, 600 do not. */
        @Param({"24", "600"})
        public int panels;

        private float[] left = {};
        private float[] right = {};
        private float[] sums = {};

        @Setup
        public void fill(KernelsBenchmark benchmark) {
            Random random = new Random(2);
            int width = benchmark.kernels.panelWidth();
            left = new float[(ROWS + Kernels.ROW_SLACK) * Kernels.LEFT_STRIDE];
            right = new float[panels * depth * width];
            sums = new float[(ROWS + Kernels.ROW_SLACK) * (panels + 1) * width];
            for (float[] values : new float[][] {left, right}) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
            }
        }
    }

    @Benchmark
    public float[] multiply(Product product) {
        int width = kernels.panelWidth();
        for (int panel = 0; panel < product.panels; panel++) {
            kernels.multiply(
                    ROWS,
                    product.depth,
                    product.left,
                    0,
                    product.right,
                    panel * product.depth * width,
                    product.sums,
                    panel * width,
                    (product.panels + 1) * width);
        }
        return product.sums;
    }

    @Benchmark
    public float[] layerNorm() {
        for (int row = 0; row < ROWS; row++) {
            kernels.layerNorm(work(row), row * SIZE, SIZE, weight, bias, 1e-12);
        }
        return work;
    }

    @Benchmark
    public float softmaxNumerators() {
        float sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += kernels.softmaxNumerators(work(row), row * SIZE, SIZE, 0.125f);
        }
        return sum;
    }

    @Benchmark
    public float[] geluErf() {
        for (int row = 0; row < ROWS; row++) {
            kernels.geluErf(work(row), row * SIZE, SIZE);
        }
        return work;
    }

    @Benchmark
    public float[] geluTanh() {
        for (int row = 0; row < ROWS; row++) {
            kernels.geluTanh(work(row), row * SIZE, SIZE);
        }
        return work;
    }

    @Benchmark
    public byte[] quantize() {
        for (int row = 0; row < ROWS; row++) {
            kernels.quantize(x, row * SIZE, SIZE, integers, row * SIZE, scalesAndZeros, 2 * row);
        }
        return integers;
    }

    @Benchmark
    public float[] dequantize() {
        for (int row = 0; row < ROWS; row++) {
            kernels.dequantize(work(row), row * SIZE, SIZE, scalesAndZeros, 2 * row, bias, weight, null, 0);
        }
        return work;
    }

    /** A row of {@link #work}, new: what works in place would else meet its own results. */
    private float[] work(int row) {
        System.arraycopy(x, row * SIZE, work, row * SIZE, SIZE);
        return work;
    }
}
