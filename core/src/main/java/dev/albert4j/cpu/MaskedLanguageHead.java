package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;

/**
 * The head of a masked language model in plain Java, float32: dense H→E, activation, LayerNorm, and as decoder the table of word
 * embeddings with a bias of its own ({@code AlbertMLMHead} of Hugging Face's {@code modeling_albert.py}). It runs on its caller's
 * thread. Immutable and thread-safe. Holds a packed copy of the table.
 */
public final class MaskedLanguageHead {
    private final Kernels kernels;
    private final Team alone = Team.alone();
    private final Activation activation;
    private final Linear dense; // H → E
    private final LayerNorm layerNorm;
    private final Linear decoder; // E → V
    private final int h;
    private final int e;
    private final int v;

    private MaskedLanguageHead(AlbertWeights weights, Kernels kernels) {
        AlbertConfig config = weights.config();
        this.kernels = kernels;
        this.h = config.hiddenSize();
        this.e = config.embeddingSize();
        this.v = config.vocabSize();
        this.activation = config.hiddenAct();
        Buffers buffers = new Buffers();
        this.dense = FloatLinear.of(weights, "predictions.dense", e, h, kernels, buffers);
        this.layerNorm = LayerNorm.of(weights, "predictions.LayerNorm", kernels);
        this.decoder = FloatLinear.of(
                weights.values("albert.embeddings.word_embeddings.weight"),
                weights.values("predictions.bias"),
                v,
                e,
                kernels,
                buffers);
    }

    /** @throws IllegalArgumentException if the model has no such head */
    public static MaskedLanguageHead of(AlbertWeights weights) {
        return new MaskedLanguageHead(weights, PreferredKernels.get());
    }

    /**
     * The logits of all pieces at some places.
     *
     * @param states the last hidden state, [N, H]
     * @param places rows of it, [P]
     * @return [P, V]
     */
    public float[] logits(float[] states, int[] places) {
        int p = places.length;
        Rows hidden = Rows.of(p, h, kernels.panelWidth()); // [P, H]
        for (int row = 0; row < p; row++) {
            System.arraycopy(states, places[row] * h, hidden.values(), hidden.at(row), h);
        }
        Rows x = Rows.of(p, e, kernels.panelWidth());
        dense.applyActivation(hidden, activation, x, p, alone); // [P, E]
        layerNorm.apply(x, p);
        Rows y = Rows.of(p, v, kernels.panelWidth());
        decoder.apply(x, y, p, alone); // [P, V]
        float[] logits = new float[Math.multiplyExact(p, v)];
        y.copyTo(logits, 0, p, v);
        return logits;
    }
}
