package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.empty;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Dropout with a generator of its own, so that models on several threads stay reproducible, and several times faster than
 * libtorch's on processors. Probabilities are rounded to multiples of 1/65536. Not thread-safe.
 */
final class Dropout {
    private static final int ONE = 1 << 16;

    private long state;
    private float[] buffer = new float[0];

    /** What follows depends on this seed alone. */
    void seed(long seed) {
        state = seed;
    }

    /** The tensor with elements set to 0 with a probability, and the others scaled up so that the mean stays. */
    Tensor apply(Tensor x, double probability) {
        if (probability == 0) {
            return x;
        }
        int size = Math.toIntExact(x.numel());
        if (buffer.length < size) {
            buffer = new float[size];
        }
        fill(size, (int) Math.min(ONE - 1, Math.round(probability * ONE)));
        Tensor mask = empty(x.sizes());
        mask.data_ptr_float().put(buffer, 0, size);
        return x.mul(mask.to(x.device(), ScalarType.Float));
    }

    /** Sixteen random bits decide over each element (SplitMix64). */
    private void fill(int size, int threshold) {
        float kept = (float) ONE / (ONE - threshold);
        long z = state;
        int i = 0;
        for (; i + 4 <= size; i += 4) {
            z += 0x9e3779b97f4a7c15L;
            long bits = scramble(z);
            buffer[i] = (bits & 0xffff) < threshold ? 0 : kept;
            buffer[i + 1] = (bits >>> 16 & 0xffff) < threshold ? 0 : kept;
            buffer[i + 2] = (bits >>> 32 & 0xffff) < threshold ? 0 : kept;
            buffer[i + 3] = (bits >>> 48) < threshold ? 0 : kept;
        }
        z += 0x9e3779b97f4a7c15L;
        long bits = scramble(z);
        for (; i < size; i++, bits >>>= 16) {
            buffer[i] = (bits & 0xffff) < threshold ? 0 : kept;
        }
        state = z;
    }

    private static long scramble(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
