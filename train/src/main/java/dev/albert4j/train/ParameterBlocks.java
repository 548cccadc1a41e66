package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.zeros;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The parameters an optimizer works on, their gradients and two moments of each, cut into blocks that stay in the processor's
 * cache: for an embedding table several times faster than whole tensors at a time. Not thread-safe; it spreads its own work
 * over {@link Workers}.
 */
final class ParameterBlocks implements AutoCloseable {
    private static final long BLOCK = 1 << 17;
    private static final long ALIGNMENT = 16; // floats: where a parameter's part of all gradients may begin

    /**
     * A stretch of one parameter, its gradients and moments: flat views.
     *
     * @param index of the block
     * @param parameter number of the parameter it belongs to
     * @param gradients one for each replica; the first is the sum, once they are added up
     * @param isWeight whether it is neither a bias nor of a LayerNorm: those do not decay
     * @param rateFactor of the learning rate
     */
    record Block(
            int index,
            int parameter,
            Tensor value,
            List<Tensor> gradients,
            Tensor moment1,
            Tensor moment2,
            boolean isWeight,
            double rateFactor) {
        /** The sum of the replicas' gradients. */
        Tensor gradient() {
            return gradients.get(0);
        }
    }

    private final Map<String, Tensor> moments1 = new LinkedHashMap<>();
    private final Map<String, Tensor> moments2 = new LinkedHashMap<>();
    private final List<Block> blocks = new ArrayList<>();
    private final List<Pointer> kept = new ArrayList<>();
    private final Tensor gradients; // the first replica's, end to end: what is sent in one piece

    /**
     * Prepares moments and gradients of zero.
     *
     * @param replicas contiguous leaf tensors to train, by name, once for each worker, all over the same memory; they must
     *     outlive the blocks
     * @param rateFactor a parameter's factor of the learning rate, by its name
     */
    @SuppressWarnings("try") // scope and guard act by being open
    ParameterBlocks(List<Map<String, Tensor>> replicas, ToDoubleFunction<String> rateFactor) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            gradients = keep(gradients(replicas.get(0)));
            long start = 0;
            for (String name : replicas.get(0).keySet()) {
                List<Tensor> tensors = replicas.stream()
                        .map(replica -> Tensors.named(replica, name))
                        .toList();
                add(name, tensors, start, rateFactor.applyAsDouble(name));
                start += aligned(tensors.get(0));
            }
        }
    }

    private static Tensor gradients(Map<String, Tensor> parameters) {
        long size =
                parameters.values().stream().mapToLong(ParameterBlocks::aligned).sum();
        return zeros(new long[] {size}, parameters.values().iterator().next().options());
    }

    private static long aligned(Tensor parameter) {
        return (parameter.numel() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private void add(String name, List<Tensor> replicas, long place, double rateFactor) {
        Tensor parameter = replicas.get(0);
        int number = moments1.size();
        Tensor moment1 = keep(zeros_like(parameter));
        Tensor moment2 = keep(zeros_like(parameter));
        moments1.put(name, moment1);
        moments2.put(name, moment2);
        List<Tensor> each = new ArrayList<>();
        for (Tensor replica : replicas) {
            Tensor gradient =
                    each.isEmpty() ? gradients.narrow(0, place, replica.numel()).view_as(replica) : zeros_like(replica);
            replica.mutable_grad().put(gradient);
            each.add(gradient);
        }
        long size = parameter.numel();
        for (long begin = 0; begin < size; begin += BLOCK) {
            long start = begin;
            long length = Math.min(BLOCK, size - begin);
            blocks.add(new Block(
                    blocks.size(),
                    number,
                    stretch(parameter.detach(), start, length),
                    each.stream()
                            .map(gradient -> stretch(gradient, start, length))
                            .toList(),
                    stretch(moment1, start, length),
                    stretch(moment2, start, length),
                    isWeight(name),
                    rateFactor));
        }
    }

    private Tensor stretch(Tensor tensor, long start, long length) {
        return keep(tensor.view(-1).narrow(0, start, length));
    }

    private Tensor keep(Tensor tensor) {
        kept.add(tensor);
        return Tensors.keep(tensor);
    }

    /** The exclusions of google-research's {@code optimization.py}: LayerNorm, layer_norm, bias. */
    private static boolean isWeight(String name) {
        return !name.endsWith("bias") && !name.contains("LayerNorm") && !name.contains("layer_norm");
    }

    /** Number of parameters. */
    int numParameters() {
        return moments1.size();
    }

    /** Number of blocks. */
    int size() {
        return blocks.size();
    }

    /**
     * Adds the gradients of the replicas of all ranks up, into the first one's.
     *
     * @return the L2 norm of the sum
     * @throws LostRankException if a rank is gone
     */
    double sumGradients(Workers workers, Ranks ranks) {
        double[] squares = new double[blocks.size()];
        boolean alone = ranks.size() == 1;
        each(workers, block -> {
            Tensor sum = block.gradient();
            for (int replica = 1; replica < block.gradients().size(); replica++) {
                sum.add_(block.gradients().get(replica));
                block.gradients().get(replica).zero_();
            }
            squares[block.index()] = alone ? square(sum) : 0;
        });
        if (!alone) {
            ranks.sum(gradients);
            each(workers, block -> squares[block.index()] = square(block.gradient()));
        }
        double total = 0;
        for (double square : squares) {
            total += square;
        }
        return Math.sqrt(total);
    }

    /** The square of a flat tensor's L2 norm. */
    static double square(Tensor flat) {
        return flat.dot(flat).item_float();
    }

    /** Sets all gradients to zero, as they are before the first and after every step. */
    void zeroGradients(Workers workers) {
        each(workers, block -> block.gradients().forEach(Tensor::zero_));
    }

    /** Does something with every block, each on one of the workers, without gradients and in a scope of its own. */
    @SuppressWarnings("try") // scope and guard act by being open
    void each(Workers workers, Consumer<Block> task) {
        AtomicInteger next = new AtomicInteger();
        workers.run(worker -> {
            int index = next.getAndIncrement();
            while (index < blocks.size()) {
                try (PointerScope scope = new PointerScope();
                        NoGradGuard noGrad = new NoGradGuard()) {
                    task.accept(blocks.get(index));
                }
                index = next.getAndIncrement();
            }
        });
    }

    /** Makes the moments rank 0's. */
    void takeMomentsFromRank0(Ranks ranks) {
        ranks.takeFromRank0(moments1.values());
        ranks.takeFromRank0(moments2.values());
    }

    /** Copies of the moments: {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}, as PyTorch calls them. */
    Map<String, float[]> moments() {
        Map<String, float[]> state = new LinkedHashMap<>();
        moments1.forEach((name, tensor) -> state.put("exp_avg." + name, Tensors.floats(tensor)));
        moments2.forEach((name, tensor) -> state.put("exp_avg_sq." + name, Tensors.floats(tensor)));
        return state;
    }

    /** Overwrites the moments by those that {@link #moments} gave. */
    void setMoments(Map<String, float[]> state) {
        moments1.forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(state, "exp_avg." + name)));
        moments2.forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(state, "exp_avg_sq." + name)));
    }

    /** Frees moments; the gradients stay with the parameters. */
    @Override
    public void close() {
        kept.forEach(Pointer::releaseReference);
        kept.clear();
        blocks.clear();
        moments1.clear();
        moments2.clear();
    }
}
