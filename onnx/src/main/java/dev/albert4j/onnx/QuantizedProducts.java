package dev.albert4j.onnx;

import dev.albert4j.model.AlbertWeights;
import java.util.List;

/**
 * Products in 8 bits, in operators of the standard: {@code DynamicQuantizeLinear} brings what comes in to 0 to 255 with one scale,
 * {@code MatMulInteger} multiplies it with weights of −127 to 127 that have a scale for each output. ONNX Runtime makes its own
 * {@code MatMulIntegerToFloat} or {@code DynamicQuantizeMatMul} of the chain.
 */
record QuantizedProducts(AlbertWeights weights) implements Products {
    @Override
    public String linear(GraphBuilder g, String x, String name) {
        QuantizedMatrix kernel = QuantizedMatrix.byColumn(Matrix.kernel(weights, name));
        String scale = g.array(name + ".kernel_scale", kernel.scales(), kernel.columns());
        String product = product(g, x, kernel.array(g, name + ".kernel_quantized"), scale);
        String bias = g.array(name + ".bias", weights.values(name + ".bias"), kernel.columns());
        return g.node("Add", List.of(product, bias));
    }

    @Override
    public String words(GraphBuilder g, String ids) {
        String rows = g.node("Cast", List.of(g.node("Gather", List.of(table(g), ids))), toFloat()); // [B, T, E]
        String scales = g.node("Gather", List.of(tableScale(g), ids)); // [B, T]
        return g.node("Mul", List.of(rows, g.node("Unsqueeze", List.of(scales, g.ints(2)))));
    }

    @Override
    public String wordsProduct(GraphBuilder g, String x) {
        return product(g, x, g.node("Transpose", List.of(table(g))), tableScale(g));
    }

    /** @param scale of each column of the matrix */
    private static String product(GraphBuilder g, String x, String matrix, String scale) {
        List<String> quantized = g.nodes("DynamicQuantizeLinear", 3, List.of(x)); // values, scale, zero point
        String sums = g.node("MatMulInteger", List.of(quantized.get(0), matrix, quantized.get(2)));
        String scales = g.node("Mul", List.of(quantized.get(1), scale));
        return g.node("Mul", List.of(g.node("Cast", List.of(sums), toFloat()), scales));
    }

    private static Attribute toFloat() {
        return Attribute.of("to", ElementType.FLOAT.number());
    }

    private String table(GraphBuilder g) {
        return words().array(g, "albert.embeddings.word_embeddings.weight_quantized");
    }

    private String tableScale(GraphBuilder g) {
        QuantizedMatrix words = words();
        return g.array("albert.embeddings.word_embeddings.weight_scale", words.scales(), words.rows());
    }

    private QuantizedMatrix words() {
        return QuantizedMatrix.byRow(Matrix.words(weights));
    }
}
