package dev.albert4j.train;

import dev.albert4j.corpus.Seeds;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Example.Sequence;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Hides words of training texts, so that a model cannot lean on single ones: each token is left out with one probability, and
 * of those that stay each is replaced by the mask token with another. Special tokens stay. What happens to an example is a pure
 * function of (seed, epoch, example). Immutable.
 */
final class WordDropout implements ExampleView {
    private final Vocabulary vocabulary;
    private final double removal;
    private final double masking;
    private final long seed;

    WordDropout(Vocabulary vocabulary, double removal, double masking, long seed) {
        this.vocabulary = vocabulary;
        this.removal = removal;
        this.masking = masking;
        this.seed = seed;
    }

    @Override
    public Example apply(Example example, int epoch, int number) {
        if (removal == 0 && masking == 0) {
            return example;
        }
        SplittableRandom random = new SplittableRandom(Seeds.mix(Seeds.mix(seed, epoch), number));
        return new Example(
                example.sequences().stream()
                        .map(sequence -> apply(sequence, random))
                        .toList(),
                example.target());
    }

    private Sequence apply(Sequence sequence, SplittableRandom random) {
        int[] ids = sequence.ids().clone();
        int[] typeIds = sequence.typeIds().clone();
        int kept = 0;
        for (int i = 0; i < ids.length; i++) {
            boolean word = !vocabulary.isSpecial(ids[i]);
            if (word && random.nextDouble() < removal) {
                continue;
            }
            ids[kept] = word && random.nextDouble() < masking ? vocabulary.maskId() : ids[i];
            typeIds[kept] = typeIds[i];
            kept++;
        }
        return new Sequence(Arrays.copyOf(ids, kept), Arrays.copyOf(typeIds, kept));
    }
}
