package dev.albert4j.train;

/**
 * What happened in one optimizer step.
 *
 * @param step number of the step, from 1
 * @param totalSteps steps of the whole run
 * @param epoch number of the epoch, from 0
 * @param loss mean loss of the step's examples
 * @param gradNorm global L2 norm of the gradient before clipping
 * @param learningRate rate the step used
 * @param numTokens tokens of the step's examples
 * @param tokensPerSecond real tokens (there is no padding) per second of this step
 */
public record StepReport(
        long step,
        long totalSteps,
        int epoch,
        double loss,
        double gradNorm,
        double learningRate,
        long numTokens,
        double tokensPerSecond) {}
