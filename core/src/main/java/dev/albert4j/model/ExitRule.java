package dev.albert4j.model;

/** Decides, layer by layer, how far the sequences of a batch are computed. */
@FunctionalInterface
public interface ExitRule {
    /**
     * Looks at a sequence after a layer. Called by one thread: of a sequence after each layer that it passes, 1 to L × I. After the
     * last it leaves whatever is answered.
     *
     * @param sequence number of the sequence in its batch
     * @param layer number of layers it has passed
     * @param pooled the pooler's output on this layer's first token, [H]
     * @return whether it leaves the encoder here
     */
    boolean leaves(int sequence, int layer, float[] pooled);
}
