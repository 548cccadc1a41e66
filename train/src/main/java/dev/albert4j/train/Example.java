package dev.albert4j.train;

import java.util.List;

/**
 * What a loss is computed of: a tokenized text, or several (the options of a choice), and the target. The arrays are taken over
 * and never changed.
 *
 * @param sequences at least one
 * @param target what the {@link Loss} of the task reads: see there
 */
public record Example(List<Sequence> sequences, float[] target) {
    /**
     * A tokenized text.
     *
     * @param ids token ids, [T]
     * @param typeIds token type ids, [T]
     */
    public record Sequence(int[] ids, int[] typeIds) {
        public Sequence {
            if (ids.length == 0 || ids.length != typeIds.length) {
                throw new IllegalArgumentException(
                        "a sequence needs at least one id, and as many type ids as ids, but got " + ids.length + " and "
                                + typeIds.length);
            }
        }
    }

    public Example {
        sequences = List.copyOf(sequences);
        if (sequences.isEmpty() || target.length == 0) {
            throw new IllegalArgumentException("an example needs at least one sequence and a target");
        }
    }

    /** An example of one sequence. */
    public static Example of(int[] ids, int[] typeIds, float... target) {
        return new Example(List.of(new Sequence(ids, typeIds)), target);
    }

    /** Tokens of all sequences. */
    public int length() {
        return sequences.stream().mapToInt(sequence -> sequence.ids().length).sum();
    }
}
