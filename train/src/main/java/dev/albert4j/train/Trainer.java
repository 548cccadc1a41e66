package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.set_num_threads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Makes the loss of an {@link Objective} smaller, one step after the other. It knows examples, tokens, losses and tensors,
 * nothing of the model. Step S is a pure function of the parameters, the optimizer's state, the settings and S: a run that
 * goes on from a checkpoint does what it would have done. Not thread-safe.
 */
@SuppressWarnings("try") // a PointerScope acts by being open
public final class Trainer implements AutoCloseable {
    private final Objective objective;
    private final TrainConfig config;
    private final ExampleOrder order;
    private final AdamW optimizer;
    private final LearningRateSchedule schedule;
    private final long totalSteps;
    private long step;

    /** Prepares a run that stands before its first step. */
    public Trainer(Objective objective, TrainConfig config) {
        this.objective = objective;
        this.config = config;
        this.order = new ExampleOrder(objective.numExamples(), config.batchSize(), config.seed());
        this.optimizer = new AdamW(objective.parameters(), config.weightDecay());
        this.totalSteps = config.steps() > 0
                ? config.steps()
                : Math.multiplyExact((long) config.epochs(), order.batchesPerEpoch());
        this.schedule = switch (config.schedule()) {
            case CONSTANT -> LearningRateSchedule.constant(config.learningRate());
            case LINEAR ->
                LearningRateSchedule.linear(
                        config.learningRate(), Math.round(totalSteps * config.warmupRatio()), totalSteps);
        };
        if (config.numThreads() > 0) {
            set_num_threads(config.numThreads());
        }
    }

    /** Steps of the whole run. */
    public long totalSteps() {
        return totalSteps;
    }

    /** Steps of an epoch. */
    public int stepsPerEpoch() {
        return order.batchesPerEpoch();
    }

    /** Steps taken. */
    public long numSteps() {
        return step;
    }

    /** Whether all steps are taken. */
    public boolean isDone() {
        return step >= totalSteps;
    }

    /** The optimizer, to save and restore its state. */
    AdamW optimizer() {
        return optimizer;
    }

    /** Seeks to a step: the parameters and the optimizer's state must be those after so many steps. */
    void seek(long numSteps) {
        step = numSteps;
    }

    /**
     * Takes the next step.
     *
     * @throws DivergenceException if the loss or the gradient is no finite number; the parameters are those before the step
     */
    public StepReport step() {
        long begin = System.nanoTime();
        int epoch = Math.toIntExact(step / order.batchesPerEpoch());
        int[] batch = order.batch(epoch, Math.toIntExact(step % order.batchesPerEpoch()));
        List<int[]> microBatches = microBatches(batch);
        optimizer.zeroGradients();
        double loss = 0;
        for (int i = 0; i < microBatches.size(); i++) {
            manual_seed(Seeds.mix(Seeds.mix(config.seed(), step), i));
            loss += backward(epoch, microBatches.get(i), batch.length);
        }
        double gradNorm = optimizer.clipGradients(config.maxGradNorm() > 0 ? config.maxGradNorm() : Double.MAX_VALUE);
        double learningRate = schedule.at(step);
        if (!Double.isFinite(loss) || !Double.isFinite(gradNorm)) {
            throw new DivergenceException(step + 1, loss, gradNorm, learningRate);
        }
        optimizer.step(learningRate);
        step++;
        double seconds = (System.nanoTime() - begin) * 1e-9;
        double tokens = Arrays.stream(batch).mapToLong(objective::numTokens).sum();
        return new StepReport(step, totalSteps, epoch, loss, gradNorm, learningRate, tokens / seconds);
    }

    /** Adds the gradient of these examples' share of the batch's mean loss; returns that share. */
    private double backward(int epoch, int[] examples, int batchSize) {
        try (PointerScope scope = new PointerScope()) {
            double share = (double) examples.length / batchSize;
            Tensor loss = objective.loss(epoch, examples).mul(new Scalar(share));
            loss.backward();
            return loss.item_float();
        }
    }

    /** Splits a batch, sorted by length, into passes of at most {@code microBatchTokens}. */
    private List<int[]> microBatches(int[] batch) {
        int[] sorted = Arrays.stream(batch)
                .boxed()
                .sorted(Comparator.comparingInt(objective::numTokens).thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .toArray();
        List<int[]> passes = new ArrayList<>();
        int begin = 0;
        long tokens = 0;
        for (int i = 0; i < sorted.length; i++) {
            tokens += objective.numTokens(sorted[i]);
            if (tokens > config.microBatchTokens() && i > begin) {
                passes.add(Arrays.copyOfRange(sorted, begin, i));
                begin = i;
                tokens = objective.numTokens(sorted[i]);
            }
        }
        passes.add(Arrays.copyOfRange(sorted, begin, sorted.length));
        return passes;
    }

    /** Frees the optimizer. */
    @Override
    public void close() {
        optimizer.close();
    }
}
