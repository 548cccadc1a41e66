package dev.albert4j.model;

/** The activation of the feed-forward layer and of the MLM head. */
public enum Activation {
    /** {@code 0.5x(1 + erf(x/√2))}: Hugging Face's "gelu". */
    GELU_ERF("gelu"),
    /** {@code 0.5x(1 + tanh(√(2/π)(x + 0.044715x³)))}: Hugging Face's "gelu_new", google-research's "gelu". */
    GELU_TANH("gelu_new"),
    /** {@code max(0, x)}. */
    RELU("relu");

    private final String hiddenAct;

    Activation(String hiddenAct) {
        this.hiddenAct = hiddenAct;
    }

    /** Hugging Face's name, as in {@code hidden_act} of config.json. */
    public String hiddenAct() {
        return hiddenAct;
    }
}
