package dev.albert4j.corpus;

/**
 * How sentences become pairs of segments, as in google-research/albert's {@code create_pretraining_data.py}.
 *
 * @param maxLength most tokens of an example, special ones included
 * @param shortProbability for a document to be cut into pieces of a random shorter length
 * @param order what is done with the order of the two segments
 */
public record SegmentRules(int maxLength, double shortProbability, Order order) {
    /** What the model has to find out about the two segments. */
    public enum Order {
        /**
         * Half of the pairs are swapped: label 1. A piece that is one sentence is paired with sentences of another document, and has
         * the label 1 too.
         */
        SOP,
        /** Nothing: the segments stay in order, and a piece that is one sentence stays alone. */
        NONE
    }

    /** Special tokens of a pair. */
    static final int NUM_SPECIAL = 3;

    private static final int LEAST_LENGTH = NUM_SPECIAL + 2; // a token in each segment

    /** The rules of the published models, at this length. */
    public static SegmentRules of(int maxLength) {
        return new SegmentRules(maxLength, 0.1, Order.SOP);
    }

    public SegmentRules {
        if (maxLength < LEAST_LENGTH) {
            throw new IllegalArgumentException("maxLength " + maxLength + " is less than " + LEAST_LENGTH);
        }
        if (!(shortProbability >= 0 && shortProbability <= 1)) {
            throw new IllegalArgumentException("shortProbability " + shortProbability + " is not between 0 and 1");
        }
    }

    /** Most tokens of the two segments together. */
    int room() {
        return maxLength - NUM_SPECIAL;
    }
}
