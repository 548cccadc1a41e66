package dev.albert4j.train;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Training has left the finite numbers: it cannot go on with these settings. The message says what to change. */
public final class DivergenceException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    DivergenceException(StepReport step, TrainConfig config) {
        super(String.format(
                Locale.ROOT,
                "training diverged at step %,d of %,d (epoch %d): loss %s, gradient norm %s at learning rate %.2e; %s",
                step.step(),
                step.totalSteps(),
                step.epoch() + 1,
                number(step.loss()),
                number(step.gradNorm()),
                step.learningRate(),
                advice(config)));
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : Double.toString(value);
    }

    private static String advice(TrainConfig config) {
        List<String> changes = new ArrayList<>();
        if (config.maxGradNorm() == 0) {
            changes.add("clip the gradient (maxGradNorm 1, now 0)");
        }
        changes.add(String.format(
                Locale.ROOT,
                "lower the learning rate (learningRate %.1e, now %.1e)",
                config.learningRate() / 3,
                config.learningRate()));
        if (config.headLearningRate() != null) {
            changes.add(String.format(Locale.ROOT, "lower headLearningRate, now %.1e", config.headLearningRate()));
        }
        if (config.warmupRatio() < 0.5) {
            double longer = config.warmupRatio() < 0.05 ? 0.1 : Math.min(0.5, 2 * config.warmupRatio());
            changes.add(String.format(
                    Locale.ROOT, "lengthen the warm-up (warmupRatio %.2g, now %.2g)", longer, config.warmupRatio()));
        }
        return String.join(", or ", changes);
    }
}
