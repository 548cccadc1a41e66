package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;

/** The weights of one inner layer of a group, named as in Hugging Face's {@code AlbertLayer}. */
record AlbertLayer(
        Linear query,
        Linear key,
        Linear value,
        Linear dense,
        LayerNorm attentionLayerNorm,
        Linear ffn,
        Linear ffnOutput,
        LayerNorm fullLayerLayerNorm) {

    static AlbertLayer of(AlbertWeights weights, int group, int inner, Kernels kernels, Linears linears) {
        AlbertConfig config = weights.config();
        int h = config.hiddenSize();
        int a = config.attentionSize();
        int f = config.intermediateSize();
        String name = "albert.encoder.albert_layer_groups." + group + ".albert_layers." + inner;
        return new AlbertLayer(
                linears.of(name + ".attention.query", a, h),
                linears.of(name + ".attention.key", a, h),
                linears.of(name + ".attention.value", a, h),
                linears.of(name + ".attention.dense", h, a),
                LayerNorm.of(weights, name + ".attention.LayerNorm", kernels),
                linears.of(name + ".ffn", f, h),
                linears.of(name + ".ffn_output", h, f),
                LayerNorm.of(weights, name + ".full_layer_layer_norm", kernels));
    }

    /**
     * {@code y = ffnOutput(activation(ffn(x))) + x}.
     *
     * @param x [numRows, H]
     * @param intermediate a buffer [numRows, F]
     * @param y [numRows, H]
     * @param team threads that may share the work
     */
    void feedForward(Rows x, Activation activation, Rows intermediate, Rows y, int numRows, Team team) {
        if (ffn instanceof Int8Linear first && ffnOutput instanceof Int8Linear second) {
            second.applyResidual(first.applyActivation(x, activation, intermediate, numRows), x, y, numRows);
        } else {
            ffn.applyActivation(x, activation, intermediate, numRows, team);
            ffnOutput.applyResidual(intermediate, x, y, numRows, team);
        }
    }
}
