package dev.albert4j.train;

import java.io.Serial;
import java.util.Locale;

/** Training has left the finite numbers: it cannot go on with these settings. */
public final class DivergenceException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    DivergenceException(long step, double loss, double gradNorm, double learningRate) {
        super(String.format(
                Locale.ROOT,
                "training diverged at step %d: loss %s, gradient norm %s at learning rate %.2e;"
                        + " lower learningRate, raise warmupRatio, or set maxGradNorm to 1",
                step,
                loss,
                gradNorm,
                learningRate));
    }
}
