package dev.albert4j.onnx;

import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Int8Matrix;
import java.util.List;

/**
 * Products in 8 bits, in operators of the standard: {@code DynamicQuantizeLinear} brings what comes in to 0 to 255 with one scale,
 * {@code MatMulInteger} multiplies it with weights of −127 to 127 that have a scale for each output. ONNX Runtime makes its own
 * {@code MatMulIntegerToFloat} or {@code DynamicQuantizeMatMul} of the chain.
 *
 * @param type {@link ElementType#INT8}, or {@link ElementType#UINT8}: the integers plus 128
 */
record QuantizedProducts(AlbertWeights weights, ElementType type) implements Products {
    private static final String WORDS = "albert.embeddings.word_embeddings.weight";
    private static final int UNSIGNED_ZERO = 128;

    @Override
    public String linear(GraphBuilder g, String x, String name) {
        float[] bias = weights.values(name + ".bias");
        Int8Matrix matrix = weights.int8Matrix(name + ".weight");
        String kernel = array(g, name + ".kernel", transposed(matrix), matrix.numColumns(), matrix.numRows());
        String scale = g.array(name + ".kernel_scale", matrix.scales(), matrix.numRows());
        return g.node("Add", List.of(product(g, x, kernel, scale), g.array(name + ".bias", bias, bias.length)));
    }

    @Override
    public String words(GraphBuilder g, String ids) {
        String rows = g.node("Cast", List.of(g.node("Gather", List.of(table(g), ids))), toFloat()); // [B, T, E]
        if (type == ElementType.UINT8) {
            rows = g.node("Sub", List.of(rows, g.constant(UNSIGNED_ZERO)));
        }
        String scales = g.node("Gather", List.of(tableScale(g), ids)); // [B, T]
        return g.node("Mul", List.of(rows, g.node("Unsqueeze", List.of(scales, g.ints(2)))));
    }

    @Override
    public String wordsProduct(GraphBuilder g, String x) {
        return product(g, x, g.node("Transpose", List.of(table(g))), tableScale(g));
    }

    /** @param scale of each column of the matrix */
    private String product(GraphBuilder g, String x, String matrix, String scale) {
        List<String> quantized = g.nodes("DynamicQuantizeLinear", 3, List.of(x)); // values, scale, zero point
        String sums = g.node("MatMulInteger", List.of(quantized.get(0), matrix, quantized.get(2), zeroPoint(g)));
        String scales = g.node("Mul", List.of(quantized.get(1), scale));
        return g.node("Mul", List.of(g.node("Cast", List.of(sums), toFloat()), scales));
    }

    private static Attribute toFloat() {
        return Attribute.of("to", ElementType.FLOAT.number());
    }

    private String table(GraphBuilder g) {
        Int8Matrix words = words();
        return array(g, WORDS, words.values(), words.numRows(), words.numColumns());
    }

    private String array(GraphBuilder g, String name, byte[] values, int... shape) {
        for (int i = 0; i < values.length; i++) {
            values[i] += (byte) zero();
        }
        return g.array(name + "_quantized", values, type, shape);
    }

    private String zeroPoint(GraphBuilder g) {
        return g.array("zero_point", new byte[] {(byte) zero()}, type);
    }

    private int zero() {
        return type == ElementType.UINT8 ? UNSIGNED_ZERO : 0;
    }

    private String tableScale(GraphBuilder g) {
        Int8Matrix words = words();
        return g.array(WORDS + "_scale", words.scales(), words.numRows());
    }

    private Int8Matrix words() {
        return weights.int8Matrix(WORDS);
    }

    /** The integers of a matrix [out, in], turned round: [in, out]. */
    private static byte[] transposed(Int8Matrix matrix) {
        byte[] turned = new byte[matrix.numRows() * matrix.numColumns()];
        for (int row = 0; row < matrix.numRows(); row++) {
            for (int column = 0; column < matrix.numColumns(); column++) {
                turned[column * matrix.numRows() + row] = matrix.value(row * matrix.numColumns() + column);
            }
        }
        return turned;
    }
}
