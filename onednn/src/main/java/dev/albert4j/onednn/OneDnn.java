package dev.albert4j.onednn;

import dev.albert4j.cpu.Int8Products;
import dev.albert4j.model.Int8Matrix;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * {@link Int8Products} by <a href="https://github.com/uxlfoundation/oneDNN">oneDNN</a>'s product of unsigned and signed 8-bit
 * integers. Sums are exact. A product runs on its caller's thread, if the process was started with {@code OMP_NUM_THREADS=1};
 * else OpenMP spreads each over all cores, which is slow where the encoder has several threads (oneDNN's Java bindings have no
 * function for it).
 *
 * <p>Holds the packed weights outside the heap, and for each product that runs at once a buffer of its inputs and results.
 */
public final class OneDnn implements Int8Products {
    private static final System.Logger LOGGER = System.getLogger(OneDnn.class.getName());
    private static final String THREADS_VARIABLE = "OMP_NUM_THREADS";

    private final Native resources = new Native();
    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final ConcurrentLinkedQueue<Lane> lanes = new ConcurrentLinkedQueue<>();
    private final CopyOnWriteArrayList<PackedProduct> products = new CopyOnWriteArrayList<>();

    /** @throws UnsatisfiedLinkError if the library does not load on this machine */
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
    }

    @Override
    public Product pack(Int8Matrix weights) {
        PackedProduct product = new PackedProduct(weights, engine, stream);
        products.add(product);
        return (x, numRows, y, offset, stride) -> {
            Lane lane = lanes.poll();
            if (lane == null) {
                lane = new Lane(engine, stream);
            }
            try {
                lane.multiply(product, x, numRows, y, offset, stride);
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
