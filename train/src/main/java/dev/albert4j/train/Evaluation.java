package dev.albert4j.train;

import dev.albert4j.metric.Report;

/**
 * How a model stood on the development set at a point of its training.
 *
 * @param step optimizer steps taken
 * @param epoch epochs begun, from 1
 * @param report scores on the development set
 * @param metric the number that decides which weights are the best
 * @param best whether these weights are the best so far
 */
public record Evaluation(long step, int epoch, Report report, double metric, boolean best) {}
