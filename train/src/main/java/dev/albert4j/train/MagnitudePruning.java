package dev.albert4j.train;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Sets the smallest weights of the shared layers' matrices to 0 while they are trained, more and more of them: after step t of the
 * first two thirds of a run a share of s (1 − (1 − t / t₁)³), then s (Zhu & Gupta 2017, equation 1). A weight that has grown may come
 * back. What is 0 after a step depends on the weights and the step alone, so that a resumed run goes on as it would have.
 *
 * @param sparsity s, share of each matrix that is 0 at the end; 0 for none
 * @param totalSteps of the run
 */
@SuppressWarnings("try") // scope and guard act by being open
record MagnitudePruning(double sparsity, long totalSteps) {
    /** The share after a step. */
    double share(long step) {
        double left = 1 - Math.min(1, step / (double) rampSteps());
        return sparsity * (1 - left * left * left);
    }

    /** Whether the share is what it is at the end. */
    boolean isReached(long step) {
        return sparsity == 0 || step >= rampSteps();
    }

    private long rampSteps() {
        return Math.max(1, totalSteps * 2 / 3);
    }

    /** Prunes in place. */
    void apply(Map<String, Tensor> parameters, long step) {
        if (sparsity == 0) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            parameters.forEach((name, parameter) -> {
                long count = Math.round(share(step) * parameter.numel());
                if (isPruned(name) && count > 0) {
                    Tensor size = parameter.detach().abs();
                    float threshold = size.view(-1).kthvalue(count).get0().item_float();
                    parameter.masked_fill_(size.le(new Scalar(threshold)), new Scalar(0.0));
                }
            });
        }
    }

    private static boolean isPruned(String name) {
        return name.contains(".albert_layers.") && name.endsWith(".weight") && !name.endsWith("orm.weight");
    }
}
