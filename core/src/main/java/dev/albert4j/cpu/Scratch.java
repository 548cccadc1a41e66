package dev.albert4j.cpu;

import dev.albert4j.model.AlbertConfig;

/**
 * The buffers in which one thread carries a few rows through a layer.
 *
 * @param embeddings [rows, E]
 * @param query [rows, A D]
 * @param key [rows, A D]
 * @param value [rows, A D]
 * @param context what attention gathered [rows, A D]
 * @param attended after the attention's dense layer, residual and LayerNorm [rows, H]
 * @param intermediate [rows, F]
 */
record Scratch(
        Rows embeddings,
        Rows query,
        Rows key,
        Rows value,
        Rows context,
        Rows attended,
        Rows intermediate,
        Attention attention) {

    static Scratch of(AlbertConfig config, int numRows, Kernels kernels) {
        int width = kernels.panelWidth();
        int a = config.attentionSize();
        return new Scratch(
                Rows.of(numRows, config.embeddingSize(), width),
                Rows.of(numRows, a, width),
                Rows.of(numRows, a, width),
                Rows.of(numRows, a, width),
                Rows.of(numRows, a, width),
                Rows.of(numRows, config.hiddenSize(), width),
                Rows.of(numRows, config.intermediateSize(), width),
                new Attention(kernels, config.numAttentionHeads(), config.headSize()));
    }
}
