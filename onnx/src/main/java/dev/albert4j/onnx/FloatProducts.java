package dev.albert4j.onnx;

import dev.albert4j.model.AlbertWeights;
import java.util.List;

/** Products in 32 bits. */
record FloatProducts(AlbertWeights weights) implements Products {
    @Override
    public String linear(GraphBuilder g, String x, String name) {
        Matrix kernel = Matrix.kernel(weights, name);
        String k = g.array(name + ".kernel", kernel.values(), kernel.rows(), kernel.columns());
        String b = g.array(name + ".bias", weights.values(name + ".bias"), kernel.columns());
        return g.node("Add", List.of(g.node("MatMul", List.of(x, k)), b));
    }

    @Override
    public String words(GraphBuilder g, String ids) {
        return g.node("Gather", List.of(table(g), ids));
    }

    @Override
    public String wordsProduct(GraphBuilder g, String x) {
        return g.node("MatMul", List.of(x, g.node("Transpose", List.of(table(g)))));
    }

    private String table(GraphBuilder g) {
        Matrix words = Matrix.words(weights);
        return g.array("albert.embeddings.word_embeddings.weight", words.values(), words.rows(), words.columns());
    }
}
