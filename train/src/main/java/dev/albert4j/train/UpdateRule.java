package dev.albert4j.train;

/** How a step changes the parameters, given their gradients. */
@FunctionalInterface
interface UpdateRule {
    /**
     * What is the same for all parameters in a step.
     *
     * @param number of the step, from 1
     * @param learningRate of parameters whose factor is 1
     * @param gradientScale factor for the gradient, to clip it
     */
    record Step(long number, double learningRate, double gradientScale) {}

    /** Updates the parameters and their moments by the summed gradient, and sets that to zero. */
    void update(ParameterBlocks blocks, Step step, Workers workers);
}
