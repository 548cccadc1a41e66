package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.sqrt_out;

import dev.albert4j.train.ParameterBlocks.Block;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with bias correction, as {@code torch.optim.AdamW}. Weights decay; biases
 * and LayerNorm parameters do not.
 *
 * @param weightDecay of weights, in units of the learning rate
 */
record AdamW(double weightDecay) implements UpdateRule {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    @Override
    @SuppressWarnings("try") // the scope acts by being open
    public void update(ParameterBlocks blocks, Step step, Workers workers) {
        double correction1 = 1 - Math.pow(BETA1, step.number());
        double correction2 = 1 - Math.pow(BETA2, step.number());
        try (PointerScope scope = new PointerScope()) {
            Scalar scale = new Scalar(step.gradientScale());
            Scalar weight1 = new Scalar(1 - BETA1);
            Scalar beta2 = new Scalar(BETA2);
            Scalar weight2 = new Scalar(1 - BETA2);
            Scalar rootCorrection = new Scalar(Math.sqrt(correction2));
            Scalar epsilon = new Scalar(EPSILON);
            blocks.each(workers, block -> {
                double rate = step.learningRate() * block.rateFactor();
                Tensor gradient = block.gradient();
                if (step.gradientScale() != 1) {
                    gradient.mul_(scale);
                }
                decay(block, rate);
                block.moment1().lerp_(gradient, weight1);
                block.moment2().mul_(beta2).addcmul_(gradient, gradient, weight2);
                sqrt_out(gradient, block.moment2()).div_(rootCorrection).add_(epsilon); // the gradient is done with
                block.value().addcdiv_(block.moment1(), gradient, new Scalar(-rate / correction1));
                gradient.zero_();
            });
        }
    }

    private void decay(Block block, double rate) {
        if (block.isWeight()) {
            block.value().mul_(new Scalar(1 - rate * weightDecay));
        }
    }
}
