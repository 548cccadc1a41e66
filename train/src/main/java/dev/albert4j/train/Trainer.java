package dev.albert4j.train;

import dev.albert4j.corpus.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Makes the loss of an {@link Objective} smaller, one step after the other. It knows examples, tokens, losses and tensors,
 * nothing of the model. Step S is a pure function of the parameters, the optimizer's state, the settings, the number of
 * threads and S: a run that goes on from a checkpoint does what it would have done. Not thread-safe.
 *
 * <p>Each thread takes its share of a batch through a replica of the objective; then the gradients are added up. With several
 * {@link Ranks} the batch is dealt out to the threads of all of them, so that two ranks of one thread do what one rank of two
 * threads does; all ranks have the same losses and the same parameters.
 */
public final class Trainer implements AutoCloseable {
    private final List<Objective> objectives = new ArrayList<>(); // one for each worker; the first is the caller's
    private final TrainConfig config;
    private final ExampleOrder order;
    private final Ranks ranks;
    private final Workers workers;
    private final int firstWorker; // of this rank, among those of all ranks
    private final int numWorkers; // of all ranks
    private final Optimizer optimizer;
    private final LearningRateSchedule schedule;
    private final MagnitudePruning pruning;
    private final long totalSteps;
    private long step;

    /**
     * Prepares a run of a single process that stands before its first step. The objective stays the caller's and must outlive the
     * trainer.
     *
     * @throws IllegalArgumentException if the settings freeze all there is
     */
    public Trainer(Objective objective, TrainConfig config) {
        this(objective, config, Ranks.alone());
    }

    /**
     * The same with several processes, each of which has the same objective and settings; the number of threads may differ.
     *
     * @param ranks that have met; stay the caller's and must outlive the trainer
     * @throws LostRankException if a rank is gone
     */
    public Trainer(Objective objective, TrainConfig config, Ranks ranks) {
        if (objective.parameters().keySet().stream().allMatch(config.freeze()::contains)) {
            throw new WrongSettingException("freeze", config.freeze() + " leaves nothing of the model to train");
        }
        this.config = config;
        this.order = new ExampleOrder(objective.numExamples(), config.batchSize(), config.seed());
        this.workers = new Workers(config.device().numThreads(config.numThreads()));
        this.ranks = ranks;
        double[] sizes = new double[ranks.size()];
        sizes[ranks.rank()] = workers.size();
        sizes = ranks.sum(sizes);
        this.firstWorker = (int) Arrays.stream(sizes, 0, ranks.rank()).sum();
        this.numWorkers = (int) Arrays.stream(sizes).sum();
        objectives.add(objective);
        while (objectives.size() < workers.size()) {
            objectives.add(objective.replica());
        }
        this.optimizer = new Optimizer(
                config.optimizer().rule(config.weightDecay()),
                objectives.stream().map(this::trained).toList(),
                config::rateFactor);
        this.totalSteps = config.steps() > 0
                ? config.steps()
                : Math.multiplyExact((long) config.epochs(), order.batchesPerEpoch());
        this.schedule = config.learningRates(totalSteps);
        this.pruning = new MagnitudePruning(config.sparsity(), totalSteps);
    }

    /** The parameters that are to change; the others need no gradient. */
    private Map<String, Tensor> trained(Objective objective) {
        Map<String, Tensor> trained = new LinkedHashMap<>();
        objective.parameters().forEach((name, parameter) -> {
            boolean frozen = config.freeze().contains(name);
            parameter.set_requires_grad(!frozen);
            if (!frozen) {
                trained.put(name, parameter);
            }
        });
        return trained;
    }

    /** Steps of the whole run. */
    public long totalSteps() {
        return totalSteps;
    }

    /** What is set to 0 as the run goes on. */
    MagnitudePruning pruning() {
        return pruning;
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

    /** The run's threads, idle between steps. */
    Workers workers() {
        return workers;
    }

    /** The optimizer, to save and restore its state. */
    Optimizer optimizer() {
        return optimizer;
    }

    /** Seeks to a step: the parameters and the optimizer's state must be those after so many steps. */
    void seek(long numSteps) {
        step = numSteps;
    }

    /** Goes to where rank 0 stands: its step, parameters and state of the optimizer. */
    void goToRank0() {
        if (ranks.size() > 1) {
            step = (long) ranks.sum(ranks.rank() == 0 ? step : 0)[0];
            ranks.takeFromRank0(objectives.get(0).parameters().values());
            optimizer.takeFromRank0(ranks, step);
        }
    }

    /**
     * Takes the next step.
     *
     * @throws LostRankException if a rank is gone; the parameters are those before the step
     * @throws DivergenceException if the loss or the gradient is no finite number; the parameters are those before the step
     */
    public StepReport step() {
        long begin = System.nanoTime();
        int epoch = Math.toIntExact(step / order.batchesPerEpoch());
        int[] batch = order.batch(epoch, Math.toIntExact(step % order.batchesPerEpoch()));
        List<Example> examples = objectives.get(0).examples(epoch, batch);
        List<List<int[]>> shares = shares(examples, groups(examples));
        double[] losses = new double[workers.size()];
        workers.run(worker -> losses[worker] = backward(examples, shares.get(worker), worker));
        double loss = ranks.sum(Arrays.stream(losses).sum())[0];
        double gradNorm = optimizer.sumGradients(workers, ranks);
        double learningRate = schedule.at(step);
        if (!Double.isFinite(loss) || !Double.isFinite(gradNorm)) {
            optimizer.zeroGradients(workers);
            throw new DivergenceException(
                    new StepReport(step + 1, totalSteps, epoch, loss, gradNorm, learningRate, 0, 0), config);
        }
        boolean clips = config.maxGradNorm() > 0 && gradNorm > config.maxGradNorm();
        optimizer.step(learningRate, clips ? config.maxGradNorm() / gradNorm : 1, workers);
        step++;
        pruning.apply(objectives.get(0).parameters(), step);
        double seconds = (System.nanoTime() - begin) * 1e-9;
        long tokens = examples.stream().mapToLong(Example::length).sum();
        return new StepReport(step, totalSteps, epoch, loss, gradNorm, learningRate, tokens, tokens / seconds);
    }

    /**
     * What of a batch must stay together, as places in it: a function of the batch alone, however many workers there are. Each group
     * begins with its longest example.
     */
    private List<int[]> groups(List<Example> batch) {
        int numGroups = (batch.size() - 1) / objectives.get(0).groupSize() + 1;
        List<int[]> groups = new ArrayList<>(numGroups);
        for (int g = 0; g < numGroups; g++) {
            int begin = (int) ((long) batch.size() * g / numGroups);
            int end = (int) ((long) batch.size() * (g + 1) / numGroups);
            groups.add(IntStream.range(begin, end)
                    .boxed()
                    .sorted(Comparator.comparingInt(
                                    (Integer member) -> batch.get(member).length())
                            .reversed())
                    .mapToInt(Integer::intValue)
                    .toArray());
        }
        return groups;
    }

    private static long numTokens(List<Example> batch, int[] members) {
        return Arrays.stream(members)
                .mapToLong(member -> batch.get(member).length())
                .sum();
    }

    /** Deals a batch out to the workers of all ranks, and gives those of this one: the longest group first, each to the one with the fewest tokens. */
    private List<List<int[]>> shares(List<Example> batch, List<int[]> groups) {
        List<List<int[]>> shares = new ArrayList<>();
        long[] tokens = new long[numWorkers];
        for (int worker = 0; worker < tokens.length; worker++) {
            shares.add(new ArrayList<>());
        }
        groups.stream()
                .sorted(Comparator.comparingLong((int[] group) -> numTokens(batch, group))
                        .reversed())
                .forEach(group -> {
                    int least = 0;
                    for (int worker = 1; worker < tokens.length; worker++) {
                        least = tokens[worker] < tokens[least] ? worker : least;
                    }
                    shares.get(least).add(group);
                    tokens[least] += numTokens(batch, group);
                });
        return shares.subList(firstWorker, firstWorker + workers.size());
    }

    /** Adds the gradient of a worker's share of the batch's loss, in passes of at most {@code microBatchTokens}. */
    private double backward(List<Example> batch, List<int[]> share, int worker) {
        Objective objective = objectives.get(worker);
        double loss = 0;
        long seed = Seeds.mix(Seeds.mix(config.seed(), step), firstWorker + worker);
        int begin = 0;
        while (begin < share.size()) {
            int end = begin;
            long tokens = 0;
            while (end < share.size() && (end == begin || fits(objective, tokens + numTokens(batch, share.get(end))))) {
                tokens += numTokens(batch, share.get(end++));
            }
            int[] members = share.subList(begin, end).stream()
                    .flatMapToInt(Arrays::stream)
                    .toArray();
            loss += backward(objective, batch, members, Seeds.mix(seed, begin));
            begin = end;
        }
        return loss;
    }

    /** Whether a pass may have several groups, of so many tokens together. */
    private boolean fits(Objective objective, long tokens) {
        return objective.groupSize() == 1 && tokens <= config.microBatchTokens();
    }

    @SuppressWarnings("try") // the scope acts by being open
    private double backward(Objective objective, List<Example> batch, int[] members, long seed) {
        try (PointerScope scope = new PointerScope()) {
            Tensor loss = config.precision().on(config.device().type(), () -> objective.loss(batch, members, seed));
            if (loss == null) {
                return 0;
            }
            loss.backward();
            return loss.item_float();
        }
    }

    /** Frees the optimizer, the replicas and the threads. */
    @Override
    public void close() {
        optimizer.close();
        objectives.subList(1, objectives.size()).forEach(Objective::close);
        workers.close();
    }
}
