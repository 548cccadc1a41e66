package dev.albert4j.model;

/**
 * ALBERT's encoder: ids in, hidden states out. The one thing an engine has to provide.
 *
 * <p>Implementations are safe for use by several threads; results do not depend on the other sequences of a batch.
 */
public interface Encoder extends AutoCloseable {
    /** The configuration of the model it runs. */
    AlbertConfig config();

    /**
     * Runs the model on a batch.
     *
     * @param batch B sequences of 1 to {@code maxPositionEmbeddings} tokens
     * @param output which states the caller needs; less is faster
     * @return new arrays, owned by the caller
     * @throws IllegalArgumentException if an id, a type id or a length is out of the model's range
     * @throws IllegalStateException if the encoder is closed
     */
    EncoderOutput encode(Batch batch, OutputStates output);

    /** Frees what the engine holds; closing twice is allowed. */
    @Override
    void close();
}
