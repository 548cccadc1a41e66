package dev.albert4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.cpu.Int8Products;
import dev.albert4j.model.Int8Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OneDnnTest {
    private static final long SEED = 11;
    private static final float UNTOUCHED = -12345;

    private final SplittableRandom random = new SplittableRandom(SEED);

    private Int8Matrix matrix(int numRows, int numColumns) {
        float[] values = new float[numRows * numColumns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return Int8Matrix.of(values, numRows, numColumns);
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static float[] expected(byte[] x, int numRows, Int8Matrix weights) {
        int k = weights.numColumns();
        int n = weights.numRows();
        float[] y = new float[numRows * n];
        for (int row = 0; row < numRows; row++) {
            for (int output = 0; output < n; output++) {
                int sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += (x[row * k + i] & 0xff) * weights.value(output * k + i);
                }
                y[row * n + output] = weights.scale(output) * sum;
            }
        }
        return y;
    }

    private static float[] multiply(Int8Products.Product product, byte[] x, int numRows, int n) {
        float[] y = new float[numRows * n];
        product.multiply(x, numRows, y, 0, n, row -> {});
        return y;
    }

    @Test
    void productsAreThoseOfTheIntegers() {
        int[][] shapes = {{5, 3}, {64, 64}, {312, 128}, {1248, 312}, {768, 768}, {3072, 768}, {33, 1}};
        try (Int8Products products = OneDnn.orJava()) {
            for (int[] shape : shapes) {
                Int8Matrix weights = matrix(shape[0], shape[1]);
                Int8Products.Product product = products.pack(weights);
                for (int numRows : new int[] {1, 2, 3, 16, 31, 32, 45, 128, 7}) {
                    byte[] x = bytes(numRows * shape[1]);
                    float[] y = expected(x, numRows, weights);
                    float largest = 1;
                    for (float value : y) {
                        largest = Math.max(largest, Math.abs(value));
                    }
                    assertThat(multiply(product, x, numRows, shape[0]))
                            .as("%d rows of %d, %d outputs, seed %d", numRows, shape[1], shape[0], SEED)
                            .containsExactly(y, Offset.offset(largest * 1e-6f));
                }
            }
        }
    }

    /** The library must load here; it may be refused on processors alone that lack the instructions. */
    @Test
    void theLibraryIsUsedUnlessTheProcessorLacksItsInstructions() throws IOException {
        boolean refused = false;
        try (OneDnn oneDnn = new OneDnn()) {
            assertThat(OneDnn.isExact(oneDnn)).isTrue();
        } catch (UnsupportedOperationException e) {
            refused = true;
            assertThat(e).hasMessageContaining("VNNI");
        }
        try (Int8Products products = OneDnn.orJava()) {
            assertThat(products instanceof OneDnn).isEqualTo(!refused);
        }
        Path processors = Path.of("/proc/cpuinfo");
        if (Files.isReadable(processors)) {
            boolean vnni = Files.readString(processors).matches("(?s).*\\bavx(512)?_vnni\\b.*");
            assertThat(refused && vnni).isFalse();
        }
    }

    @Test
    void sumsThatOverflowAreFound() {
        assertThat(OneDnn.isExact(Int8Products.inJava())).isTrue();
        assertThat(OneDnn.isExact(new SaturatingProducts())).isFalse();
    }

    /** As processors without VNNI add up: neighbours in 16 bits. */
    private static final class SaturatingProducts implements Int8Products {
        @Override
        public Product pack(Int8Matrix weights) {
            int k = weights.numColumns();
            int n = weights.numRows();
            return (x, numRows, y, offset, stride, withRow) -> {
                for (int row = 0; row < numRows; row++) {
                    for (int output = 0; output < n; output++) {
                        int sum = 0;
                        for (int i = 0; i < k; i += 2) {
                            int pair = 0;
                            for (int j = i; j < Math.min(k, i + 2); j++) {
                                pair += (x[row * k + j] & 0xff) * weights.value(output * k + j);
                            }
                            sum += Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, pair));
                        }
                        y[offset + row * stride + output] = weights.scale(output) * sum;
                    }
                    withRow.accept(row);
                }
            };
        }

        @Override
        public void close() {}
    }

    @Test
    void resultsGoWhereTheyBelongAndNowhereElse() {
        Int8Matrix weights = matrix(6, 10);
        byte[] x = bytes(3 * 10);
        float[] y = new float[40];
        Arrays.fill(y, UNTOUCHED);
        float[] atOnce = y.clone(); // what is there when a row is said to be
        try (Int8Products products = OneDnn.orJava()) {
            products.pack(weights)
                    .multiply(x, 3, y, 4, 11, row -> System.arraycopy(y, 4 + row * 11, atOnce, 4 + row * 11, 6));
        }
        assertThat(atOnce).isEqualTo(y);
        float[] expected = expected(x, 3, weights);
        for (int i = 0; i < y.length; i++) {
            int row = (i - 4) / 11;
            int column = (i - 4) % 11;
            boolean result = i >= 4 && row < 3 && column < 6;
            assertThat(y[i]).isCloseTo(result ? expected[row * 6 + column] : UNTOUCHED, Offset.offset(1e-3f));
        }
    }

    @Test
    void eachRowMayOverwriteTheOneBefore() {
        Int8Matrix weights = matrix(6, 10);
        byte[] x = bytes(3 * 10);
        float[] row = new float[6];
        float[] y = new float[3 * 6];
        float[] expected;
        try (Int8Products products = OneDnn.orJava()) {
            Int8Products.Product product = products.pack(weights);
            product.multiply(x, 3, row, 0, 0, i -> System.arraycopy(row, 0, y, i * 6, 6));
            expected = multiply(product, x, 3, 6);
        }
        assertThat(y).isEqualTo(expected);
    }

    @Test
    void severalThreadsMultiplyAtOnce() throws InterruptedException {
        Int8Matrix weights = matrix(100, 70);
        byte[] x = bytes(40 * 70);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Int8Products products = OneDnn.orJava()) {
            Int8Products.Product product = products.pack(weights);
            float[] alone = multiply(product, x, 40, 100);
            Thread[] threads = IntStream.range(0, 8)
                    .mapToObj(i -> new Thread(() -> {
                        for (int call = 0; call < 50; call++) {
                            if (!Arrays.equals(multiply(product, x, 40, 100), alone)) {
                                failure.set(new AssertionError("another result beside other threads"));
                            }
                        }
                    }))
                    .toArray(Thread[]::new);
            for (Thread thread : threads) {
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(failure.get()).isNull();
    }
}
