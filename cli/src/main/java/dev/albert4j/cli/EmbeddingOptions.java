package dev.albert4j.cli;

import dev.albert4j.model.SentenceConfig.Pooling;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How embeddings are learnt. */
final class EmbeddingOptions {
    @Option(
            names = "--pooling",
            paramLabel = "P",
            description =
                    "for embedding: a text's vector is the mean of its tokens', or that of the first: mean or cls (default:"
                            + " the model's, else mean)")
    private @Nullable Pooling pooling;

    @Option(names = "--normalize", description = "for embedding: scale vectors to length 1")
    private boolean normalize;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "for embedding: divides the cosines in the contrastive loss (default 0.05)")
    private @Nullable Double temperature;

    @Option(
            names = "--group-size",
            paramLabel = "N",
            description = "for embedding: most examples of a step that are told apart from each other (default 32)")
    private @Nullable Integer groupSize;

    boolean normalize() {
        return normalize;
    }

    /** @throws IllegalArgumentException if one is given for another task */
    void check(FinetuneTask task) {
        if (task != FinetuneTask.EMBEDDING
                && (normalize || pooling != null || temperature != null || groupSize != null)) {
            throw new IllegalArgumentException(
                    "--pooling, --normalize, --temperature and --group-size are for --task embedding");
        }
    }
}
