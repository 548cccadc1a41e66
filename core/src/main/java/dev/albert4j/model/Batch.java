package dev.albert4j.model;

import dev.albert4j.tokenize.Encoding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * B token sequences laid end to end, N tokens in all, without padding. Immutable and thread-safe.
 *
 * <p>An engine that needs a rectangle pads for itself.
 */
public final class Batch {
    private final int[] ids; // [N]
    private final int[] typeIds; // [N]
    private final int[] starts; // [B + 1]

    private Batch(int[] ids, int[] typeIds, int[] starts) {
        this.ids = ids;
        this.typeIds = typeIds;
        this.starts = starts;
    }

    /** The batch of these encodings, in their order. */
    public static Batch of(List<Encoding> encodings) {
        return of(
                encodings.stream().map(Encoding::ids).toArray(int[][]::new),
                encodings.stream().map(Encoding::typeIds).toArray(int[][]::new));
    }

    /**
     * The batch of these sequences, in their order.
     *
     * @param ids token ids, one array a sequence
     * @param typeIds token type ids, as long as the ids
     * @throws IllegalArgumentException if there is no sequence, one is empty, or lengths differ
     */
    public static Batch of(int[][] ids, int[][] typeIds) {
        if (ids.length == 0 || ids.length != typeIds.length) {
            throw new IllegalArgumentException(
                    "a batch needs at least one sequence, and as many type id arrays as id arrays, but got "
                            + ids.length + " and " + typeIds.length);
        }
        int[] starts = new int[ids.length + 1];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i].length == 0 || ids[i].length != typeIds[i].length) {
                throw new IllegalArgumentException("sequence " + i + " has " + ids[i].length + " ids and "
                        + typeIds[i].length + " type ids; both must be equal and at least 1");
            }
            starts[i + 1] = Math.addExact(starts[i], ids[i].length);
        }
        int[] allIds = new int[starts[ids.length]];
        int[] allTypeIds = new int[allIds.length];
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(ids[i], 0, allIds, starts[i], ids[i].length);
            System.arraycopy(typeIds[i], 0, allTypeIds, starts[i], ids[i].length);
        }
        return new Batch(allIds, allTypeIds, starts);
    }

    /** The batch of some of its sequences, in the order in which they are named. */
    public Batch select(int[] sequences) {
        return of(
                IntStream.of(sequences)
                        .mapToObj(i -> Arrays.copyOfRange(ids, starts[i], starts[i + 1]))
                        .toArray(int[][]::new),
                IntStream.of(sequences)
                        .mapToObj(i -> Arrays.copyOfRange(typeIds, starts[i], starts[i + 1]))
                        .toArray(int[][]::new));
    }

    /** B. */
    public int numSequences() {
        return starts.length - 1;
    }

    /** N. */
    public int numTokens() {
        return ids.length;
    }

    /** Position of the first token of a sequence among all tokens; for sequence B, N. */
    public int start(int sequence) {
        return starts[sequence];
    }

    /** T of a sequence. */
    public int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    /** T of the longest sequence. */
    public int maxLength() {
        int longest = 0;
        for (int i = 0; i < numSequences(); i++) {
            longest = Math.max(longest, length(i));
        }
        return longest;
    }

    /** The id of a token, counted over all sequences. */
    public int id(int token) {
        return ids[token];
    }

    /** The type id of a token, counted over all sequences. */
    public int typeId(int token) {
        return typeIds[token];
    }

    /**
     * Makes sure that a model can read the batch.
     *
     * @throws IllegalArgumentException naming the first sequence that is too long, id or type id that the model does not have
     */
    public void check(AlbertConfig config) {
        if (maxLength() > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("a sequence has " + maxLength() + " tokens, but the model takes 1 to "
                    + config.maxPositionEmbeddings());
        }
        for (int token = 0; token < ids.length; token++) {
            inRange("id", ids[token], config.vocabSize());
            inRange("type id", typeIds[token], config.typeVocabSize());
        }
    }

    private static void inRange(String what, int id, int size) {
        if (id < 0 || id >= size) {
            throw new IllegalArgumentException(what + " " + id + " is not between 0 and " + (size - 1));
        }
    }
}
