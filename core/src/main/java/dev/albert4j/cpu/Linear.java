package dev.albert4j.cpu;

import dev.albert4j.model.Activation;

/** A dense layer, {@code y = x Wᵀ + b}. Immutable and thread-safe; a row's result does not depend on the rows beside it. */
interface Linear {
    /**
     * {@code y = x Wᵀ + b}.
     *
     * @param x [numRows, numInputs]
     * @param y [numRows, numOutputs]
     * @param team threads that may share the work
     */
    void apply(Rows x, Rows y, int numRows, Team team);

    /** {@code y = activation(x Wᵀ + b)}. */
    void applyActivation(Rows x, Activation activation, Rows y, int numRows, Team team);

    /** {@code y = x Wᵀ + b + residual}. */
    void applyResidual(Rows x, Rows residual, Rows y, int numRows, Team team);
}
