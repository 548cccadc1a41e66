package dev.albert4j.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a {@link Trainer} makes smaller: examples in, one loss out. Examples are numbered from 0; what an example looks like
 * in an epoch must depend on nothing but its number, the epoch and a seed, so that a resumed run repeats it.
 */
public interface Objective extends AutoCloseable {
    /** The tensors to train, by name, in a fixed order. */
    Map<String, Tensor> parameters();

    /** Number of training examples. */
    int numExamples();

    /** Number of tokens of an example. */
    int numTokens(int example);

    /** What an example weighs in the mean loss of several, in an epoch; 0 if it has nothing to learn from. */
    double weight(int epoch, int example);

    /**
     * The most examples that are seen together because the loss of each depends on the others. The trainer cuts a batch into groups
     * of at most so many, of nearly the same size, and each group is one pass. 1 if the examples stand alone and a batch may be cut
     * anywhere.
     */
    default int groupSize() {
        return 1;
    }

    /**
     * The weighted mean loss of these examples, with dropout; a scalar that belongs to the caller's {@code PointerScope}.
     *
     * @param epoch from 0
     * @param examples numbers of examples, sorted by number of tokens; exactly one group, where examples do not stand alone
     * @param seed of dropout
     */
    Tensor loss(int epoch, int[] examples, long seed);

    /**
     * The same objective for another thread: its parameters share their values with this one's, but have gradients of their
     * own. The caller closes it, before this one.
     */
    Objective replica();

    /** Frees what a replica holds; an objective that its user made leaves the user's model alone. */
    @Override
    void close();
}
