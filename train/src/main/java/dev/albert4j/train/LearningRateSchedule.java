package dev.albert4j.train;

/** The learning rate of each step. Immutable. */
@FunctionalInterface
public interface LearningRateSchedule {
    /** The learning rate of a step, counted from 0. */
    double at(long step);

    /**
     * Rises linearly from 0 in the warm-up, then stays (Hugging Face's {@code get_constant_schedule_with_warmup}).
     *
     * @param rate highest rate
     * @param numWarmupSteps steps of the warm-up; 0 for none
     */
    static LearningRateSchedule constant(double rate, long numWarmupSteps) {
        return step -> step < numWarmupSteps ? rate * step / numWarmupSteps : rate;
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

    /**
     * Rises linearly from 0 to the peak in the warm-up, then falls to 0 at the last step as half a wave of a cosine (Hugging
     * Face's {@code get_cosine_schedule_with_warmup}).
     *
     * @param peak highest rate
     * @param numWarmupSteps steps of the warm-up
     * @param numSteps steps in all
     */
    static LearningRateSchedule cosine(double peak, long numWarmupSteps, long numSteps) {
        return step -> {
            if (step < numWarmupSteps) {
                return peak * step / numWarmupSteps;
            }
            double part = (double) (step - numWarmupSteps) / Math.max(1, numSteps - numWarmupSteps);
            return peak * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, part)));
        };
    }
}
