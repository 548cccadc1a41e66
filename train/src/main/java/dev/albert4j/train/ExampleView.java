package dev.albert4j.train;

/** What an epoch makes of a training example. Implementations are immutable and thread-safe. */
interface ExampleView {
    /**
     * The example as an epoch sees it, the one given if nothing changes: a pure function of its arguments and of a seed.
     *
     * @param number of the example
     */
    Example apply(Example example, int epoch, int number);
}
