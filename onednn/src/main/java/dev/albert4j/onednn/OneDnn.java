package dev.albert4j.onednn;

import dev.albert4j.cpu.Int8Products;
import dev.albert4j.model.Int8Matrix;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * {@link Int8Products} by <a href="https://github.com/uxlfoundation/oneDNN">oneDNN</a>'s product of unsigned and signed 8-bit
 * integers. Sums are exact: processors on which they are not, those of x86 without AVX512-VNNI or AVX-VNNI, are refused. A product runs
 * on its caller's thread, if the process was started with {@code OMP_NUM_THREADS=1}; else OpenMP spreads each over all cores, which is
 * slow where the encoder has several threads (oneDNN's Java bindings have no function for it).
 *
 * <p>Holds the packed weights outside the heap, and for each product that runs at once a buffer of its inputs and results.
 */
public final class OneDnn implements Int8Products {
    private static final System.Logger LOGGER = System.getLogger(OneDnn.class.getName());
    private static final String THREADS_VARIABLE = "OMP_NUM_THREADS";
    private static final int CHECKED_ROWS = 16;
    private static final int CHECKED_INPUTS = 64;

    private final Native resources = new Native();
    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final ConcurrentLinkedQueue<Lane> lanes = new ConcurrentLinkedQueue<>();
    private final CopyOnWriteArrayList<PackedProduct> products = new CopyOnWriteArrayList<>();

    /**
     * @throws UnsatisfiedLinkError if the library does not load on this machine
     * @throws UnsupportedOperationException if its sums are not exact on this processor
     */
    public OneDnn() {
        if (!"1".equals(System.getenv(THREADS_VARIABLE))) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "set the environment variable " + THREADS_VARIABLE
                            + "=1: the encoder shares work among its threads,"
                            + " and oneDNN would share each share among all cores once more");
        }
        engine = resources.engine();
        stream = resources.stream(engine);
        if (!isExact(this)) {
            close();
            throw new UnsupportedOperationException(
                    "oneDNN's sums of 8-bit products overflow on this processor, which has neither AVX512-VNNI nor AVX-VNNI");
        }
    }

    /** oneDNN where it loads and is exact, else plain Java with the same results up to rounding, at the speed of floats. */
    public static Int8Products orJava() {
        try {
            return new OneDnn();
        } catch (LinkageError | UnsupportedOperationException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "8-bit products are plain Java's, at the speed of floats: " + e.getMessage());
            return Int8Products.inJava();
        }
    }

    /**
     * Whether the greatest sums are right. Without VNNI the products of two neighbours are added up in 16 bits, for which 2 · 255 · 127
     * is too much.
     */
    static boolean isExact(Int8Products products) {
        float[] ones = new float[CHECKED_ROWS * CHECKED_INPUTS];
        byte[] x = new byte[ones.length];
        Arrays.fill(ones, 1);
        Arrays.fill(x, (byte) 255);
        float[] y = new float[CHECKED_ROWS * CHECKED_ROWS];
        Int8Matrix weights = Int8Matrix.of(ones, CHECKED_ROWS, CHECKED_INPUTS); // 127 everywhere
        products.pack(weights).multiply(x, CHECKED_ROWS, y, 0, CHECKED_ROWS, row -> {});
        for (float sum : y) {
            if (Math.abs(sum - 255 * CHECKED_INPUTS) > 1) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Product pack(Int8Matrix weights) {
        PackedProduct product = new PackedProduct(weights, engine, stream);
        products.add(product);
        return (x, numRows, y, offset, stride, withRow) -> {
            Lane lane = lanes.poll();
            if (lane == null) {
                lane = new Lane(engine, stream);
            }
            try {
                lane.multiply(product, x, numRows, y, offset, stride, withRow);
            } finally {
                lanes.add(lane);
            }
        };
    }

    @Override
    public void close() {
        for (Lane lane = lanes.poll(); lane != null; lane = lanes.poll()) {
            lane.close();
        }
        products.forEach(PackedProduct::close);
        products.clear();
        resources.close();
    }

    @Override
    public String toString() {
        return "oneDNN int8";
    }
}
