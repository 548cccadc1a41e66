package dev.albert4j.cpu;

import java.util.concurrent.CountDownLatch;

/** Chooses the fastest {@link Kernels} this virtual machine can run, once, and says so when they are the slow ones. */
final class PreferredKernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final System.Logger LOGGER = System.getLogger(PreferredKernels.class.getName());
    private static final CountDownLatch COMMON_WARM = new CountDownLatch(1);
    private static final CountDownLatch ALL_WARM = new CountDownLatch(1);

    /** When first asked for. */
    private static final class Holder {
        static final Kernels INSTANCE = choose();
    }

    private PreferredKernels() {}

    /** The same instance each time. The first call begins to warm it up. */
    static Kernels get() {
        return Holder.INSTANCE;
    }

    /** Plain Java with the bits of the vectors of this machine; needs no warm-up. */
    static Kernels inPlainJava() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            return new ScalarKernels();
        }
        try { // not by load(): its class takes a tenth of a second to initialize
            Class<?> shapes = Class.forName(VECTOR_MODULE + ".VectorShape");
            Object preferred = shapes.getMethod("preferredShape").invoke(null);
            int bits = (int) shapes.getMethod("vectorBitSize").invoke(preferred);
            return new ScalarKernels(bits / Float.SIZE);
        } catch (ReflectiveOperationException | LinkageError e) {
            return new ScalarKernels(load().panelWidth() / 2);
        }
    }

    /**
     * Returns once the virtual machine has compiled the kernels: at once, but for the first second after {@link #get}.
     *
     * @param all whether to wait for those too that not every encoder needs
     */
    static void awaitWarmUp(boolean all) {
        try {
            (all ? ALL_WARM : COMMON_WARM).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // slower, but right
        }
    }

    private static Kernels choose() {
        Kernels kernels = load();
        if (kernels instanceof ScalarKernels) {
            COMMON_WARM.countDown();
            ALL_WARM.countDown();
            return kernels;
        }
        Thread thread = new Thread(() -> warmUp(kernels), "albert4j-warm-up");
        thread.setDaemon(true);
        thread.start();
        return kernels;
    }

    private static void warmUp(Kernels kernels) {
        try {
            WarmUp warmUp = new WarmUp(kernels);
            warmUp.runCommon();
            COMMON_WARM.countDown();
            warmUp.runOthers();
        } finally {
            COMMON_WARM.countDown();
            ALL_WARM.countDown();
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
}
