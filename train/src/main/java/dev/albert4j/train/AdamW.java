package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.clip_grad_norm_;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with bias correction, as {@code torch.optim.AdamW}. Weights decay; biases
 * and LayerNorm parameters do not. Not thread-safe.
 *
 * <p>Updates run over blocks that stay in the processor's cache: for an embedding table several times faster than whole
 * tensors at a time.
 */
@SuppressWarnings("try") // a PointerScope acts by being open
public final class AdamW implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final long BLOCK = 1 << 16;

    /** A stretch of one parameter with its gradient and moments: flat views. */
    private record Block(Tensor value, Tensor gradient, Tensor moment1, Tensor moment2, boolean decays) {}

    private final double weightDecay;
    private final Map<String, Tensor> moments1 = new LinkedHashMap<>();
    private final Map<String, Tensor> moments2 = new LinkedHashMap<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private final TensorVector parameterVector;
    private long numSteps;

    /**
     * Prepares moments and gradients of zero.
     *
     * @param parameters contiguous leaf tensors to train, by name; they must outlive the optimizer
     * @param weightDecay of weights, in units of the learning rate
     */
    public AdamW(Map<String, Tensor> parameters, double weightDecay) {
        this.weightDecay = weightDecay;
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            parameterVector = Tensors.keep(new TensorVector(parameters.values().toArray(Tensor[]::new)));
            parameters.forEach(this::add);
        }
    }

    private void add(String name, Tensor parameter) {
        Tensor gradient = Tensors.keep(zeros_like(parameter));
        Tensor moment1 = Tensors.keep(zeros_like(parameter));
        Tensor moment2 = Tensors.keep(zeros_like(parameter));
        parameter.mutable_grad().put(gradient);
        gradients.add(gradient);
        moments1.put(name, moment1);
        moments2.put(name, moment2);
        long size = parameter.numel();
        for (long start = 0; start < size; start += BLOCK) {
            long length = Math.min(BLOCK, size - start);
            blocks.add(new Block(
                    stretch(parameter.detach(), start, length),
                    stretch(gradient, start, length),
                    stretch(moment1, start, length),
                    stretch(moment2, start, length),
                    decays(name)));
        }
    }

    private static Tensor stretch(Tensor tensor, long start, long length) {
        return Tensors.keep(tensor.view(-1).narrow(0, start, length));
    }

    /** Whether a parameter of this name decays: all but biases and LayerNorm. */
    static boolean decays(String name) {
        return !name.endsWith("bias") && !name.contains("LayerNorm") && !name.contains("layer_norm");
    }

    /** Sets the gradients to zero. */
    public void zeroGradients() {
        gradients.forEach(Tensor::zero_);
    }

    /**
     * Scales the gradients so that their common L2 norm is at most {@code maxNorm}.
     *
     * @return the norm before
     */
    public double clipGradients(double maxNorm) {
        return clip_grad_norm_(parameterVector, maxNorm);
    }

    /** Updates the parameters by their gradients. */
    public void step(double learningRate) {
        numSteps++;
        double correction1 = 1 - Math.pow(BETA1, numSteps);
        double correction2 = 1 - Math.pow(BETA2, numSteps);
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            Scalar decay = new Scalar(1 - learningRate * weightDecay);
            Scalar weight1 = new Scalar(1 - BETA1);
            Scalar beta2 = new Scalar(BETA2);
            Scalar weight2 = new Scalar(1 - BETA2);
            Scalar rootCorrection = new Scalar(Math.sqrt(correction2));
            Scalar epsilon = new Scalar(EPSILON);
            Scalar stepSize = new Scalar(-learningRate / correction1);
            for (Block block : blocks) {
                if (block.decays()) {
                    block.value().mul_(decay);
                }
                block.moment1().lerp_(block.gradient(), weight1);
                block.moment2().mul_(beta2).addcmul_(block.gradient(), block.gradient(), weight2);
                Tensor denominator = block.moment2().sqrt().div_(rootCorrection).add_(epsilon);
                block.value().addcdiv_(block.moment1(), denominator, stepSize);
            }
        }
    }

    /** Number of steps taken. */
    public long numSteps() {
        return numSteps;
    }

    /** Copies of the moments: {@code NAME.exp_avg} and {@code NAME.exp_avg_sq}, as PyTorch names them. */
    public Map<String, float[]> state() {
        Map<String, float[]> state = new LinkedHashMap<>();
        moments1.forEach((name, tensor) -> state.put(name + ".exp_avg", Tensors.floats(tensor)));
        moments2.forEach((name, tensor) -> state.put(name + ".exp_avg_sq", Tensors.floats(tensor)));
        return state;
    }

    /** Goes on from a state that {@link #state} gave after {@code numSteps} steps. */
    public void restore(Map<String, float[]> state, long numSteps) {
        moments1.forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(state, name + ".exp_avg")));
        moments2.forEach((name, tensor) -> Tensors.set(tensor, Tensors.named(state, name + ".exp_avg_sq")));
        this.numSteps = numSteps;
    }

    /** Frees gradients and moments. */
    @Override
    public void close() {
        for (Block block : blocks) {
            block.value().releaseReference();
            block.gradient().releaseReference();
            block.moment1().releaseReference();
            block.moment2().releaseReference();
        }
        gradients.forEach(Tensor::releaseReference);
        moments1.values().forEach(Tensor::releaseReference);
        moments2.values().forEach(Tensor::releaseReference);
        parameterVector.releaseReference();
        blocks.clear();
        gradients.clear();
        moments1.clear();
        moments2.clear();
    }
}
