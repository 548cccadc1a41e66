package dev.albert4j.train;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Trainer} makes smaller: examples in, one loss out. Examples are numbered from 0; what an example looks like
 * in an epoch must depend on nothing but its number, the epoch and a seed, so that a resumed run repeats it.
 */
public interface Objective extends AutoCloseable {
    /** The tensors to train, by name, in a fixed order. */
    Map<String, Tensor> parameters();

    /** Number of training examples. */
    int numExamples();

    /** The examples of a batch as they look in an epoch (from 0). */
    List<Example> examples(int epoch, int[] numbers);

    /**
     * The most examples that are seen together because the loss of each depends on the others. The trainer cuts a batch into groups
     * of at most so many, of nearly the same size, and each group is one pass. 1 if the examples stand alone and a batch may be cut
     * anywhere.
     */
    default int groupSize() {
        return 1;
    }

    /**
     * The part that some examples have in the loss of their batch, with dropout: the parts of all add up to the batch's loss,
     * however it is divided. A scalar that belongs to the caller's {@code PointerScope}; null if there is nothing to learn from them.
     *
     * @param batch as {@link #examples} made it
     * @param members places in the batch, sorted by the examples' number of tokens; exactly one group, where examples do not stand
     *     alone
     * @param seed of dropout
     */
    @Nullable
    Tensor loss(List<Example> batch, int[] members, long seed);

    /**
     * The same objective for another thread: its parameters share their values with this one's, but have gradients of their
     * own. The caller closes it, before this one.
     */
    Objective replica();

    /** Frees what a replica holds; an objective that its user made leaves the user's model alone. */
    @Override
    void close();
}
