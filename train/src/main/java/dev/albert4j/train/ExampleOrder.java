package dev.albert4j.train;

import dev.albert4j.corpus.Seeds;
import java.util.SplittableRandom;

/**
 * The order of examples: a pure function of (seed, epoch, index), so that resuming a run means seeking in it. Every epoch
 * has every example once. Keeps the last epoch's permutation; not thread-safe.
 */
final class ExampleOrder {
    private final int numExamples;
    private final int batchSize;
    private final long seed;
    private int[] permutation = new int[0];
    private int permutedEpoch = -1;

    ExampleOrder(int numExamples, int batchSize, long seed) {
        this.numExamples = numExamples;
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /** Batches of an epoch; the last one may be smaller. */
    int batchesPerEpoch() {
        return (numExamples - 1) / batchSize + 1;
    }

    /** The examples of a batch of an epoch. */
    int[] batch(int epoch, int index) {
        if (epoch != permutedEpoch) {
            permutation = permute(epoch);
            permutedEpoch = epoch;
        }
        int begin = index * batchSize;
        int[] batch = new int[Math.min(batchSize, numExamples - begin)];
        System.arraycopy(permutation, begin, batch, 0, batch.length);
        return batch;
    }

    private int[] permute(int epoch) {
        int[] order = new int[numExamples];
        SplittableRandom random = new SplittableRandom(Seeds.mix(seed, epoch));
        for (int i = 0; i < numExamples; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
