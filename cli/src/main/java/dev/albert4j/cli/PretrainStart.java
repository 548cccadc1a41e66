package dev.albert4j.cli;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What pre-training starts from.
 *
 * @param config shape of the model, with the head of pre-training
 * @param tokenizer its tokenizer
 * @param parent model whose weights it starts with; null for none
 * @param repeatedPositions positions from this one on start as copies of those before it; null to take them as they are
 */
record PretrainStart(
        AlbertConfig config,
        Tokenizer tokenizer,
        @Nullable ModelDirectory parent,
        @Nullable Integer repeatedPositions) {
    PretrainStart {
        int numPositions = config.maxPositionEmbeddings();
        if (repeatedPositions != null && (repeatedPositions < 1 || repeatedPositions >= numPositions)) {
            throw new IllegalArgumentException("--repeat-positions " + repeatedPositions + " is not between 1 and "
                    + (numPositions - 1) + ", one less than the model's positions");
        }
        if (repeatedPositions != null && parent == null) {
            throw new IllegalArgumentException("--repeat-positions needs --init, a model that has learnt positions");
        }
    }

    /**
     * Reads it.
     *
     * @param config a directory with config.json and a tokenizer, or such a file in one; null to take the model's
     * @param init a model, or null; one of both there is
     * @param repeatedPositions as in the record
     */
    static PretrainStart of(@Nullable Path config, @Nullable String init, @Nullable Integer repeatedPositions)
            throws IOException {
        ModelDirectory parent = init == null ? null : ModelDirectory.open(Models.resolve(init));
        if (parent != null && !parent.hasWeights()) {
            throw new IllegalArgumentException(parent.path() + " has no weights to start from; give it as --config");
        }
        if (config == null) {
            if (parent == null) {
                throw new IllegalArgumentException("there is neither a configuration nor a model");
            }
            return of(parent.config(), Models.tokenizer(parent), parent, repeatedPositions);
        }
        if (!Files.exists(config)) {
            throw new NoSuchFileException(config.toString(), null, "there is no such directory or file");
        }
        if (Files.isDirectory(config)) {
            ModelDirectory directory = ModelDirectory.open(config);
            return of(directory.config(), Models.tokenizer(directory), parent, repeatedPositions);
        }
        Tokenizer tokenizer = Tokenizer.load(config.toAbsolutePath().resolveSibling("."));
        AlbertConfig read = AlbertConfig.read(config);
        if (tokenizer.vocabulary().size() > read.vocabSize()) {
            throw new IllegalArgumentException(config + ": the tokenizer beside it has "
                    + tokenizer.vocabulary().size() + " tokens, but vocab_size is " + read.vocabSize());
        }
        return of(read, tokenizer, parent, repeatedPositions);
    }

    private static PretrainStart of(
            AlbertConfig config,
            Tokenizer tokenizer,
            @Nullable ModelDirectory parent,
            @Nullable Integer repeatedPositions) {
        AlbertConfig pretraining = config.toBuilder()
                .head(Head.PRE_TRAINING)
                .exitClassifiers(false)
                .build();
        return new PretrainStart(pretraining, tokenizer, parent, repeatedPositions);
    }

    /** The weights: new ones, or the parent's as far as it has them. */
    AlbertWeights weights(long seed) throws IOException {
        if (parent == null) {
            return AlbertWeights.initialize(config, seed);
        }
        try (var tensors = parent.openTensors()) {
            AlbertWeights weights =
                    AlbertWeights.loadEncoder(config, tensors, seed).weights();
            return repeatedPositions == null
                    ? weights
                    : weights.repeatedPositions(repeatedPositions, config.maxPositionEmbeddings());
        }
    }
}
