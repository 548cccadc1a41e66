package dev.albert4j.model;

/** Which states an {@link Encoder} is asked for. */
public enum OutputStates {
    /** The pooler output only: the last layer runs on the first tokens alone. */
    POOLED,
    /** The last hidden state and the pooler output. */
    LAST,
    /** The embeddings, the state after every layer, and the pooler output. */
    ALL
}
