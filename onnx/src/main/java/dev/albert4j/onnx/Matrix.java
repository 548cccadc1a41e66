package dev.albert4j.onnx;

import dev.albert4j.model.AlbertWeights;

/**
 * A parameter of two dimensions.
 *
 * @param values row-major
 */
record Matrix(int rows, int columns, float[] values) {
    /** The matrix of a linear map {@code NAME.weight} [out, in], turned round: [in, out]. */
    static Matrix kernel(AlbertWeights weights, String name) {
        int out = weights.values(name + ".bias").length;
        float[] weight = weights.values(name + ".weight");
        return new Matrix(out, weight.length / out, weight).transposed();
    }

    /** The table of word embeddings, [V, E]. */
    static Matrix words(AlbertWeights weights) {
        int v = weights.config().vocabSize();
        int e = weights.config().embeddingSize();
        return new Matrix(v, e, weights.values("albert.embeddings.word_embeddings.weight"));
    }

    private Matrix transposed() {
        float[] turned = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = values[row * columns + column];
            }
        }
        return new Matrix(columns, rows, turned);
    }
}
