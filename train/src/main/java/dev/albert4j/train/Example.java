package dev.albert4j.train;

/**
 * A tokenized sequence and its class. The arrays are taken over and never changed.
 *
 * @param ids token ids, [T]
 * @param typeIds token type ids, [T]
 * @param label index of the class
 */
public record Example(int[] ids, int[] typeIds, int label) {
    public Example {
        if (ids.length == 0 || ids.length != typeIds.length) {
            throw new IllegalArgumentException("an example needs at least one id, and as many type ids as ids, but got "
                    + ids.length + " and " + typeIds.length);
        }
        if (label < 0) {
            throw new IllegalArgumentException("label " + label + " is negative");
        }
    }

    /** T. */
    public int length() {
        return ids.length;
    }
}
