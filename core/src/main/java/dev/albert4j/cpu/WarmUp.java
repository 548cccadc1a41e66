package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import java.util.Arrays;
import java.util.List;

/**
 * Has the virtual machine compile {@link Kernels} on small matrices. Until it has, the Vector API is a thousand times
 * slower, and a first sentence would take seconds.
 *
 * <p>Calls each activation by itself: a caller that has seen several gets them compiled into it one after the other, until the
 * compiler has enough (HotSpot's NodeCountInliningCutoff) and leaves the last in pieces that make objects of their vectors, five
 * times slower.
 */
final class WarmUp {
    /** That of ALBERT's second version. */
    static final Activation COMMON_ACTIVATION = Activation.GELU_TANH;

    private static final int DEPTH = 24;
    private static final int CALLS_PER_ROUND = 50;
    // HotSpot's compiler is asked for a method after 5000 calls at most.
    private static final int MIN_ROUNDS = 6000 / CALLS_PER_ROUND;
    private static final double SPEED_UP = 30;
    private static final long MAX_NANOS = 3_000_000_000L;

    private final List<Runnable> common;
    private final List<Runnable> others;

    WarmUp(Kernels kernels) {
        int width = kernels.panelWidth();
        float[] a = new float[8 * Kernels.LEFT_STRIDE];
        float[] panel = new float[DEPTH * width];
        float[] c = new float[12 * width];
        float[] ones = new float[width];
        byte[] integers = new byte[width];
        float[] scaleAndZero = new float[2];
        Arrays.fill(ones, 1);
        common = List.of(
                () -> kernels.multiply(8, DEPTH, a, 0, panel, 0, c, 0, width),
                () -> kernels.multiply(4, DEPTH, a, 0, panel, 0, c, 0, width),
                () -> kernels.softmaxNumerators(c, 0, width, 1),
                () -> kernels.scale(1, c, 0, width, c, width),
                () -> kernels.geluTanh(c, 0, width), // COMMON_ACTIVATION
                () -> kernels.layerNorm(c, 0, width, ones, ones, 1e-12));
        others = List.of(
                () -> kernels.quantize(c, 0, width, integers, 0, scaleAndZero, 0),
                () -> kernels.dequantize(c, 0, width, scaleAndZero, 0, ones, ones, null, 0),
                () -> kernels.dequantize(c, 0, width, scaleAndZero, 0, ones, ones, c, 0),
                () -> kernels.geluErf(c, 0, width),
                () -> kernels.relu(c, 0, width));
    }

    /** Returns once what every encoder in floats runs, with {@link #COMMON_ACTIVATION}, is compiled, or after a few seconds. */
    void runCommon() {
        run(common);
    }

    /** The same for the rest of the kernels. */
    void runOthers() {
        run(others);
    }

    private static void run(List<Runnable> calls) {
        long start = System.nanoTime();
        long slowest = 0;
        for (int round = 0; System.nanoTime() - start < MAX_NANOS; round++) {
            long before = System.nanoTime();
            for (Runnable call : calls) {
                for (int i = 0; i < CALLS_PER_ROUND; i++) {
                    call.run();
                }
            }
            long nanos = System.nanoTime() - before;
            slowest = Math.max(slowest, nanos);
            if (round >= MIN_ROUNDS && nanos * SPEED_UP < slowest) {
                return;
            }
        }
    }
}
