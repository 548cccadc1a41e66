package dev.albert4j.train;

/** The learning rate of each step. Immutable. */
@FunctionalInterface
public interface LearningRateSchedule {
    /** The learning rate of a step, counted from 0. */
    double at(long step);

    /** The same rate at every step. */
    static LearningRateSchedule constant(double rate) {
        return step -> rate;
    }

    /**
     * Rises linearly from 0 to the peak in the warm-up, then falls linearly to 0 at the last step (Hugging Face's
     * {@code get_linear_schedule_with_warmup}, google-research's {@code optimization.py}).
     *
     * @param peak highest rate
     * @param numWarmupSteps steps of the warm-up
     * @param numSteps steps in all
     */
    static LearningRateSchedule linear(double peak, long numWarmupSteps, long numSteps) {
        return step -> step < numWarmupSteps
                ? peak * step / numWarmupSteps
                : peak * Math.max(0, numSteps - step) / Math.max(1, numSteps - numWarmupSteps);
    }
}
