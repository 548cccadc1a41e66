package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.sqrt_out;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with bias correction, as {@code torch.optim.AdamW}. Weights decay; biases
 * and LayerNorm parameters do not. Not thread-safe; it spreads its own work over {@link Workers}.
 *
 * <p>Each replica of the parameters gathers a gradient of its own; {@link #sumGradients} adds them up. Everything runs over
 * blocks that stay in the processor's cache: for an embedding table several times faster than whole tensors at a time.
 */
final class AdamW implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final long BLOCK = 1 << 17;

    /** A stretch of one parameter, its gradients and moments: flat views. */
    private record Block(
            int index, Tensor value, List<Tensor> gradients, Tensor moment1, Tensor moment2, boolean decays) {}

    private final double weightDecay;
    private final Map<String, Tensor> moments1 = new LinkedHashMap<>();
    private final Map<String, Tensor> moments2 = new LinkedHashMap<>();
    private final List<Block> blocks = new ArrayList<>();
    private final List<Pointer> kept = new ArrayList<>();
    private long numSteps;

    /**
     * Prepares moments and gradients of zero.
     *
     * @param replicas contiguous leaf tensors to train, by name, once for each worker, all over the same memory; they must
     *     outlive the optimizer
     * @param weightDecay of weights, in units of the learning rate
     */
    @SuppressWarnings("try") // scope and guard act by being open
    AdamW(List<Map<String, Tensor>> replicas, double weightDecay) {
        this.weightDecay = weightDecay;
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            for (String name : replicas.get(0).keySet()) {
                add(
                        name,
                        replicas.stream()
                                .map(replica -> Tensors.named(replica, name))
                                .toList());
            }
        }
    }

    private void add(String name, List<Tensor> replicas) {
        Tensor parameter = replicas.get(0);
        Tensor moment1 = keep(zeros_like(parameter));
        Tensor moment2 = keep(zeros_like(parameter));
        moments1.put(name, moment1);
        moments2.put(name, moment2);
        List<Tensor> gradients = new ArrayList<>();
        for (Tensor replica : replicas) {
            Tensor gradient = zeros_like(replica);
            replica.mutable_grad().put(gradient);
            gradients.add(gradient);
        }
        long size = parameter.numel();
        for (long begin = 0; begin < size; begin += BLOCK) {
            long start = begin;
            long length = Math.min(BLOCK, size - begin);
            blocks.add(new Block(
                    blocks.size(),
                    stretch(parameter.detach(), start, length),
                    gradients.stream()
                            .map(gradient -> stretch(gradient, start, length))
                            .toList(),
                    stretch(moment1, start, length),
                    stretch(moment2, start, length),
                    decays(name)));
        }
    }

    private Tensor stretch(Tensor tensor, long start, long length) {
        return keep(tensor.view(-1).narrow(0, start, length));
    }

    private Tensor keep(Tensor tensor) {
        kept.add(tensor);
        return Tensors.keep(tensor);
    }

    /** Whether a parameter of this name decays: all but biases and LayerNorm. */
    static boolean decays(String name) {
        return !name.endsWith("bias") && !name.contains("LayerNorm") && !name.contains("layer_norm");
    }

    /**
     * Adds the replicas' gradients up, into the first one's.
     *
     * @return the L2 norm of the sum
     */
    double sumGradients(Workers workers) {
        double[] squares = new double[blocks.size()];
        eachBlock(workers, block -> {
            Tensor sum = block.gradients().get(0);
            for (int replica = 1; replica < block.gradients().size(); replica++) {
                sum.add_(block.gradients().get(replica));
                block.gradients().get(replica).zero_();
            }
            squares[block.index()] = sum.dot(sum).item_float();
        });
        double total = 0;
        for (double square : squares) {
            total += square;
        }
        return Math.sqrt(total);
    }

    /**
     * Updates the parameters by the summed gradient, and sets it to zero.
     *
     * @param gradientScale factor for the gradient, to clip it
     */
    @SuppressWarnings("try") // the scope acts by being open
    void step(double learningRate, double gradientScale, Workers workers) {
        numSteps++;
        double correction1 = 1 - Math.pow(BETA1, numSteps);
        double correction2 = 1 - Math.pow(BETA2, numSteps);
        try (PointerScope scope = new PointerScope()) {
            Scalar scale = new Scalar(gradientScale);
            Scalar decay = new Scalar(1 - learningRate * weightDecay);
            Scalar weight1 = new Scalar(1 - BETA1);
            Scalar beta2 = new Scalar(BETA2);
            Scalar weight2 = new Scalar(1 - BETA2);
            Scalar rootCorrection = new Scalar(Math.sqrt(correction2));
            Scalar epsilon = new Scalar(EPSILON);
            Scalar stepSize = new Scalar(-learningRate / correction1);
            eachBlock(workers, block -> {
                Tensor gradient = block.gradients().get(0);
                if (gradientScale != 1) {
                    gradient.mul_(scale);
                }
                if (block.decays()) {
                    block.value().mul_(decay);
                }
                block.moment1().lerp_(gradient, weight1);
                block.moment2().mul_(beta2).addcmul_(gradient, gradient, weight2);
                sqrt_out(gradient, block.moment2()).div_(rootCorrection).add_(epsilon); // the gradient is done with
                block.value().addcdiv_(block.moment1(), gradient, stepSize);
                gradient.zero_();
            });
        }
    }

    /** Sets all gradients to zero, as they are before the first and after every step. */
    void zeroGradients(Workers workers) {
        eachBlock(workers, block -> block.gradients().forEach(Tensor::zero_));
    }

    @SuppressWarnings("try") // scope and guard act by being open
    private void eachBlock(Workers workers, Consumer<Block> task) {
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

    /** Copies of the moments: {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}, as PyTorch calls them. */
    Map<String, float[]> state() {
        Map<String, float[]> state = new LinkedHashMap<>();
        moments1.forEach((name, tensor) -> state.put("exp_avg." + name, Tensors.floats(tensor)));
        moments2.forEach((name, tensor) -> state.put("exp_avg_sq." + name, Tensors.floats(tensor)));
        return state;
    }

    /** Goes on from a state that {@link #state} gave after {@code numSteps} steps. */
    void restore(Map<String, float[]> state, long numSteps) {
        moments1.forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(state, "exp_avg." + name)));
        moments2.forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(state, "exp_avg_sq." + name)));
        this.numSteps = numSteps;
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
