package dev.albert4j.train;

import java.util.Optional;

/**
 * Notices a loss that is far above those before it: more than so many standard deviations above their mean. A spike itself is not taken
 * into the window, so that it does not hide the next. Not thread-safe.
 */
public final class LossSpikes {
    private static final int WINDOW = 100;
    private static final int LEAST = 20; // losses, before one can be a spike
    private static final double DEVIATIONS = 6;

    private final double[] losses = new double[WINDOW];
    private int count;

    /**
     * A spike.
     *
     * @param step that it happened in
     * @param loss of that step
     * @param mean of the losses before
     * @param deviation standard deviation of the losses before
     */
    public record Spike(long step, double loss, double mean, double deviation) {}

    /** Takes the loss of the next step; tells if it is a spike. */
    public Optional<Spike> add(StepReport report) {
        int known = Math.min(count, WINDOW);
        double mean = 0;
        for (int i = 0; i < known; i++) {
            mean += losses[i] / known;
        }
        double variance = 0;
        for (int i = 0; i < known; i++) {
            variance += (losses[i] - mean) * (losses[i] - mean) / known;
        }
        double deviation = Math.sqrt(variance);
        if (known >= LEAST && report.loss() > mean + DEVIATIONS * deviation) {
            return Optional.of(new Spike(report.step(), report.loss(), mean, deviation));
        }
        losses[count++ % WINDOW] = report.loss();
        return Optional.empty();
    }
}
