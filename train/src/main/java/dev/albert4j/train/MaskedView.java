package dev.albert4j.train;

import dev.albert4j.corpus.Seeds;
import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Example.Sequence;
import java.util.Arrays;

/** Hides other words of a text in each epoch, and makes them its target. Immutable. */
final class MaskedView implements ExampleView {
    private final Masking masking;
    private final long seed;

    MaskedView(Vocabulary vocabulary, long seed) {
        this.masking = Masking.published(vocabulary);
        this.seed = seed;
    }

    @Override
    public Example apply(Example example, int epoch, int number) {
        Sequence sequence = example.sequences().get(0);
        Masking.Masked masked = masking.apply(sequence.ids(), Seeds.mix(Seeds.mix(seed, epoch), number));
        float[] target = new float[sequence.ids().length];
        Arrays.fill(target, Loss.IGNORED);
        for (int i = 0; i < masked.positions().length; i++) {
            target[masked.positions()[i]] = masked.targets()[i];
        }
        return Example.of(masked.ids(), sequence.typeIds(), target);
    }
}
