package dev.albert4j.onnx;

/** How the graph holds the large matrices and multiplies with them. */
interface Products {
    /** {@code x W + b} with the parameters {@code NAME.weight} [out, in] and {@code NAME.bias}: [.., in] → [.., out]. */
    String linear(GraphBuilder g, String x, String name);

    /** Rows of the table of word embeddings: [B, T] → [B, T, E]. */
    String words(GraphBuilder g, String ids);

    /** The product with the table of word embeddings: [B, T, E] → [B, T, V]. */
    String wordsProduct(GraphBuilder g, String x);
}
