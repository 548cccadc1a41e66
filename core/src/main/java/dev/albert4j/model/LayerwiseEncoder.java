package dev.albert4j.model;

/** An encoder that can go layer by layer, and stop for each sequence at a layer of its own. */
public interface LayerwiseEncoder extends Encoder {
    /**
     * Runs the model on a batch as far as a rule asks. Of the layer at which a sequence leaves, the first token alone is computed; of
     * the layers after it, nothing.
     *
     * @param batch as in {@link #encode(Batch, OutputStates)}
     * @param rule is shown the pooler's output of each sequence after each layer, and says which leave
     * @throws IllegalArgumentException if an id, a type id or a length is out of the model's range, or the model has no pooler
     * @throws IllegalStateException if the encoder is closed
     */
    void encode(Batch batch, ExitRule rule);
}
