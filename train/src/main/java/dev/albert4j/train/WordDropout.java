package dev.albert4j.train;

import dev.albert4j.tokenize.Vocabulary;
import java.util.SplittableRandom;

/**
 * Replaces tokens of training texts by the mask token, each with the same probability, so that a model cannot lean on single
 * words. Special tokens stay. What happens to an example is a pure function of (seed, epoch, example). Immutable.
 */
final class WordDropout {
    private final Vocabulary vocabulary;
    private final double probability;
    private final long seed;

    WordDropout(Vocabulary vocabulary, double probability, long seed) {
        this.vocabulary = vocabulary;
        this.probability = probability;
        this.seed = seed;
    }

    /** The ids of an example as an epoch sees them; the array given if nothing changes. */
    int[] apply(int[] ids, int epoch, int example) {
        if (probability == 0) {
            return ids;
        }
        SplittableRandom random = new SplittableRandom(Seeds.mix(Seeds.mix(seed, epoch), example));
        int[] dropped = ids.clone();
        for (int i = 0; i < dropped.length; i++) {
            if (random.nextDouble() < probability && !vocabulary.isSpecial(dropped[i])) {
                dropped[i] = vocabulary.maskId();
            }
        }
        return dropped;
    }
}
