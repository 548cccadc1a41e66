package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The fastest {@link Kernels} this virtual machine can run; says so when they are the slow ones. What uses the Vector API takes a
 * second of two cores to compile, and runs a thousand times slower until then. So that compiling begins only when there is work
 * enough to pay for it, or somebody asks for it: until then, what little there is to do is done in plain Java, with the same bits for
 * results.
 */
final class PreferredKernels implements Kernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final System.Logger LOGGER = System.getLogger(PreferredKernels.class.getName());
    // Additions and multiplications that plain Java does in about the time that compiling takes.
    private static final double LITTLE_WORK = 4e8;
    private static final PreferredKernels INSTANCE = new PreferredKernels(load());

    private final Kernels fastest;
    private final CountDownLatch commonWarm = new CountDownLatch(1);
    private final CountDownLatch allWarm = new CountDownLatch(1);
    private boolean begun; // guarded by this
    private double work; // guarded by this
    private volatile Kernels common; // for what every encoder in floats runs
    private volatile Kernels others; // for the rest

    private PreferredKernels(Kernels fastest) {
        this.fastest = fastest;
        if (fastest instanceof ScalarKernels) {
            common = fastest;
            begun = true;
            commonWarm.countDown();
            allWarm.countDown();
        } else {
            common = new ScalarKernels(fastest.panelWidth() / 2);
        }
        others = common;
    }

    /** The same instance each time. */
    static PreferredKernels get() {
        return INSTANCE;
    }

    /** Begins to compile what uses the Vector API, in a thread of its own. */
    synchronized void beginWarmUp() {
        if (!begun) {
            begun = true;
            Thread thread = new Thread(this::warmUp, "albert4j-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void warmUp() {
        try {
            WarmUp warmUp = new WarmUp(fastest);
            warmUp.runCommon();
            common = fastest;
            commonWarm.countDown();
            warmUp.runOthers();
        } finally {
            common = fastest;
            others = fastest;
            commonWarm.countDown();
            allWarm.countDown();
        }
    }

    /** Begins if that much work, in additions and multiplications, is not little. */
    void expect(double operations) {
        if (operations >= LITTLE_WORK) {
            beginWarmUp();
        }
    }

    /**
     * Announces work. Returns at once where all that was announced so far is little, or what most of it needs is compiled; else
     * once it is, or after a few seconds.
     *
     * @param operations additions and multiplications, as near as may be
     */
    void announce(double operations) {
        if (commonWarm.getCount() == 0) {
            return;
        }
        synchronized (this) {
            work += operations;
            if (work < LITTLE_WORK && !begun) {
                return;
            }
        }
        beginWarmUp();
        await(commonWarm);
    }

    /** Returns once all kernels are compiled, or after a few seconds. */
    void awaitWarmUp() {
        beginWarmUp();
        await(allWarm);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // slower, but right
        }
    }

    /** The fastest, new, as they are before any warm-up. */
    static Kernels load() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the encoder runs several times slower than it could: start Java with --add-modules "
                            + VECTOR_MODULE);
            return new ScalarKernels();
        }
        try {
            // By name: nothing but this class may need the incubator module.
            return (Kernels) Class.forName(Kernels.class.getPackageName() + ".VectorKernels")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the encoder runs several times slower than it could: " + VECTOR_MODULE + " of Java "
                            + Runtime.version() + " does not work with it",
                    e);
            return new ScalarKernels();
        }
    }

    @Override
    public int panelWidth() {
        return fastest.panelWidth();
    }

    @Override
    public void multiply(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aStride,
            float[] panels,
            int panelOffset,
            float[] c,
            int cOffset,
            int cStride) {
        common.multiply(rows, depth, a, aOffset, aStride, panels, panelOffset, c, cOffset, cStride);
    }

    @Override
    public void layerNorm(float[] x, int offset, int size, float[] weight, float[] bias, double eps) {
        common.layerNorm(x, offset, size, weight, bias, eps);
    }

    @Override
    public float softmaxNumerators(float[] x, int offset, int size, float scale) {
        return common.softmaxNumerators(x, offset, size, scale);
    }

    @Override
    public void scale(float factor, float[] x, int xOffset, int size, float[] y, int yOffset) {
        common.scale(factor, x, xOffset, size, y, yOffset);
    }

    @Override
    public void activate(Activation activation, float[] x, int offset, int size) {
        (activation == WarmUp.COMMON_ACTIVATION ? common : others).activate(activation, x, offset, size);
    }

    @Override
    public void quantize(float[] x, int offset, int size, byte[] q, int qOffset, float[] scaleAndZero, int at) {
        others.quantize(x, offset, size, q, qOffset, scaleAndZero, at);
    }

    @Override
    public void dequantize(
            float[] y,
            int offset,
            int size,
            float[] scaleAndZero,
            int at,
            float[] bias,
            float[] sums,
            float @Nullable [] residual,
            int residualOffset) {
        others.dequantize(y, offset, size, scaleAndZero, at, bias, sums, residual, residualOffset);
    }

    @Override
    public String toString() {
        return fastest.toString();
    }
}
