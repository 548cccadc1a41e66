package dev.albert4j.train;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Changes parameters step by step, by a rule. Each replica of the parameters gathers a gradient of its own; {@link
 * #sumGradients} adds them up. Not thread-safe; it spreads its own work over {@link Workers}.
 */
final class Optimizer implements AutoCloseable {
    private final ParameterBlocks blocks;
    private final UpdateRule rule;
    private long numSteps;

    /**
     * Prepares gradients of zero.
     *
     * @param rule how a step changes the parameters
     * @param replicas contiguous leaf tensors to train, by name, once for each worker, all over the same memory; they must
     *     outlive the optimizer
     * @param rateFactor a parameter's factor of the learning rate, by its name
     */
    Optimizer(UpdateRule rule, List<Map<String, Tensor>> replicas, ToDoubleFunction<String> rateFactor) {
        this.rule = rule;
        this.blocks = new ParameterBlocks(replicas, rateFactor);
    }

    /** {@link AdamW} with one learning rate for all parameters. */
    static Optimizer adamW(List<Map<String, Tensor>> replicas, double weightDecay) {
        return new Optimizer(new AdamW(weightDecay), replicas, name -> 1);
    }

    /** {@link Lamb} with one learning rate for all parameters. */
    static Optimizer lamb(List<Map<String, Tensor>> replicas, double weightDecay) {
        return new Optimizer(new Lamb(weightDecay), replicas, name -> 1);
    }

    /**
     * Adds the gradients of the replicas of all ranks up, into the first one's.
     *
     * @return the L2 norm of the sum
     * @throws LostRankException if a rank is gone
     */
    double sumGradients(Workers workers, Ranks ranks) {
        return blocks.sumGradients(workers, ranks);
    }

    /**
     * Updates the parameters by the summed gradient, and sets it to zero.
     *
     * @param gradientScale factor for the gradient, to clip it
     */
    void step(double learningRate, double gradientScale, Workers workers) {
        numSteps++;
        rule.update(blocks, new UpdateRule.Step(numSteps, learningRate, gradientScale), workers);
    }

    /** Sets all gradients to zero, as they are before the first and after every step. */
    void zeroGradients(Workers workers) {
        blocks.zeroGradients(workers);
    }

    /** Copies of the moments: {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}, as PyTorch calls them. */
    Map<String, float[]> state() {
        return blocks.moments();
    }

    /** Goes on from a state that {@link #state} gave after {@code numSteps} steps. */
    void restore(Map<String, float[]> state, long numSteps) {
        blocks.setMoments(state);
        this.numSteps = numSteps;
    }

    /** Makes the state rank 0's, after {@code numSteps} steps. */
    void takeFromRank0(Ranks ranks, long numSteps) {
        blocks.takeMomentsFromRank0(ranks);
        this.numSteps = numSteps;
    }

    /** Frees the state; the gradients stay with the parameters. */
    @Override
    public void close() {
        blocks.close();
    }
}
