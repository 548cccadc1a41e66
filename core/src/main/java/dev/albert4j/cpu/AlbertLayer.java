package dev.albert4j.cpu;

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
}
