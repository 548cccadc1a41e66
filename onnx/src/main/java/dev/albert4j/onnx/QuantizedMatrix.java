package dev.albert4j.onnx;

import java.util.function.IntUnaryOperator;

/**
 * A matrix in bytes of −127 to 127: a value is its byte times the scale of its row or column, which is such that the largest of them
 * is 127.
 *
 * @param values row-major
 * @param scales one for each row, or for each column
 */
record QuantizedMatrix(int rows, int columns, byte[] values, float[] scales) {
    private static final int MAX = 127;

    static QuantizedMatrix byRow(Matrix matrix) {
        int columns = matrix.columns();
        return of(matrix, matrix.rows(), i -> i / columns);
    }

    static QuantizedMatrix byColumn(Matrix matrix) {
        int columns = matrix.columns();
        return of(matrix, columns, i -> i % columns);
    }

    /** @param scaleOf which scale the value of an index has */
    private static QuantizedMatrix of(Matrix matrix, int numScales, IntUnaryOperator scaleOf) {
        float[] values = matrix.values();
        float[] scales = new float[numScales];
        for (int i = 0; i < values.length; i++) {
            int scale = scaleOf.applyAsInt(i);
            scales[scale] = Math.max(scales[scale], Math.abs(values[i]) / MAX);
        }
        byte[] quantized = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            float scale = scales[scaleOf.applyAsInt(i)];
            quantized[i] = (byte) (scale == 0 ? 0 : Math.round(values[i] / scale));
        }
        return new QuantizedMatrix(matrix.rows(), matrix.columns(), quantized, scales);
    }

    /** Puts the bytes into the graph. */
    String array(GraphBuilder g, String name) {
        return g.array(name, values, rows, columns);
    }
}
