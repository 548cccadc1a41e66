package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.sqrt_out;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * LAMB (You et al., arXiv 1904.00962) as ALBERT was pre-trained with it (google-research/albert, {@code lamb_optimizer.py}): no
 * bias correction; the update of each weight tensor is scaled to the norm of the weights themselves. Biases and LayerNorm
 * parameters neither decay nor are scaled.
 *
 * @param weightDecay of weights, a part of the update before it is scaled
 */
record Lamb(double weightDecay) implements UpdateRule {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-6;

    @Override
    @SuppressWarnings("try") // the scope acts by being open
    public void update(ParameterBlocks blocks, Step step, Workers workers) {
        Norms norms = new Norms(blocks);
        try (PointerScope scope = new PointerScope()) {
            Scalar scale = new Scalar(step.gradientScale());
            Scalar weight1 = new Scalar(1 - BETA1);
            Scalar beta2 = new Scalar(BETA2);
            Scalar weight2 = new Scalar(1 - BETA2);
            Scalar epsilon = new Scalar(EPSILON);
            Scalar decay = new Scalar(weightDecay);
            blocks.each(workers, block -> {
                Tensor gradient = block.gradient();
                if (step.gradientScale() != 1) {
                    gradient.mul_(scale);
                }
                block.moment1().lerp_(gradient, weight1);
                block.moment2().mul_(beta2).addcmul_(gradient, gradient, weight2);
                Tensor update = sqrt_out(gradient, block.moment2()).add_(epsilon); // the gradient is done with
                update.reciprocal_().mul_(block.moment1());
                if (block.isWeight()) {
                    update.add_(block.value(), decay);
                    norms.add(block);
                }
            });
            double[] ratios = norms.trustRatios();
            blocks.each(workers, block -> {
                double ratio = block.isWeight() ? ratios[block.parameter()] : 1;
                Scalar rate = new Scalar(-step.learningRate() * block.rateFactor() * ratio);
                block.value().add_(block.gradient(), rate);
                block.gradient().zero_();
            });
        }
    }

    /** The L2 norms of parameters and their updates, gathered block by block, so that the order of work plays no part. */
    private static final class Norms {
        private final int[] parameters;
        private final double[] values;
        private final double[] updates;
        private final int numParameters;

        Norms(ParameterBlocks blocks) {
            parameters = new int[blocks.size()];
            values = new double[blocks.size()];
            updates = new double[blocks.size()];
            numParameters = blocks.numParameters();
        }

        /** Takes a block whose gradient has become the update; blocks may come from several threads. */
        void add(ParameterBlocks.Block block) {
            parameters[block.index()] = block.parameter();
            values[block.index()] = ParameterBlocks.square(block.value());
            updates[block.index()] = ParameterBlocks.square(block.gradient());
        }

        /** Norm of the parameter over norm of its update; 1 where either is zero. */
        double[] trustRatios() {
            double[] value = new double[numParameters];
            double[] update = new double[numParameters];
            for (int i = 0; i < parameters.length; i++) {
                value[parameters[i]] += values[i];
                update[parameters[i]] += updates[i];
            }
            double[] ratios = new double[numParameters];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = value[i] > 0 && update[i] > 0 ? Math.sqrt(value[i] / update[i]) : 1;
            }
            return ratios;
        }
    }
}
