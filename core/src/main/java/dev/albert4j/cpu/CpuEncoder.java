package dev.albert4j.cpu;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * ALBERT's encoder in plain Java, float32, on the Vector API where the virtual machine has it
 * ({@code --add-modules jdk.incubator.vector}) and scalar loops where not.
 *
 * <p>Follows {@code AlbertModel} of Hugging Face's {@code modeling_albert.py} in evaluation mode: same order, same names.
 * Sequences run without padding. A sequence's result is the same, to the last bit, alone or in any batch, with any number
 * of threads.
 *
 * <p>Safe for use by several threads. One call at a time gets the encoder's own threads; others meanwhile run on their
 * caller's alone. Holds the weights twice as packed copies at most, and for each call running at once buffers of a few
 * hundred rows, which are kept for later calls.
 */
public final class CpuEncoder implements Encoder {
    private static final int MAX_TOKENS_PER_PART = 512;

    private final AlbertConfig config;
    private final Kernels kernels;
    private final float[] wordEmbeddings; // [V, E]
    private final float[] positionEmbeddings; // [positions, E]
    private final float[] tokenTypeEmbeddings; // [types, E]
    private final LayerNorm embeddingsLayerNorm;
    private final Linear embeddingHiddenMappingIn; // E → H
    private final List<List<AlbertLayer>> albertLayerGroups; // [G, I]
    private final @Nullable Linear pooler; // H → H

    private final Team team;
    private final Team alone = Team.alone();
    private final ArrayBlockingQueue<Workspace> workspaces;
    private volatile boolean closed;

    private CpuEncoder(AlbertWeights weights, int numThreads, Kernels kernels) {
        this.config = weights.config();
        this.kernels = kernels;
        wordEmbeddings = weights.values("albert.embeddings.word_embeddings.weight");
        positionEmbeddings = weights.values("albert.embeddings.position_embeddings.weight");
        tokenTypeEmbeddings = weights.values("albert.embeddings.token_type_embeddings.weight");
        embeddingsLayerNorm = LayerNorm.of(weights, "albert.embeddings.LayerNorm", kernels);
        int h = config.hiddenSize();
        embeddingHiddenMappingIn =
                Linear.of(weights, "albert.encoder.embedding_hidden_mapping_in", h, config.embeddingSize(), kernels);
        albertLayerGroups = IntStream.range(0, config.numHiddenGroups())
                .mapToObj(group -> IntStream.range(0, config.innerGroupNum())
                        .mapToObj(inner -> AlbertLayer.of(weights, group, inner, kernels))
                        .toList())
                .toList();
        pooler = AlbertParameters.hasPooler(config.head()) ? Linear.of(weights, "albert.pooler", h, h, kernels) : null;
        workspaces = new ArrayBlockingQueue<>(numThreads);
        team = Team.of(numThreads);
    }

    /**
     * Packs the weights and starts the threads.
     *
     * @param numThreads threads a call may use, its caller among them; at least 1
     */
    public static CpuEncoder of(AlbertWeights weights, int numThreads) {
        return of(weights, numThreads, PreferredKernels.get());
    }

    static CpuEncoder of(AlbertWeights weights, int numThreads, Kernels kernels) {
        if (numThreads < 1) {
            throw new IllegalArgumentException("numThreads is " + numThreads + ", but must be at least 1");
        }
        return new CpuEncoder(weights, numThreads, kernels);
    }

    @Override
    public AlbertConfig config() {
        return config;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException also if only the pooled state is asked for and the model has no pooler
     */
    @Override
    public EncoderOutput encode(Batch batch, OutputStates output) {
        if (closed) {
            throw new IllegalStateException("the encoder is closed");
        }
        check(batch, output);
        Team members = team.tryEnter() ? team : alone;
        try {
            Workspace workspace = workspaces.poll();
            if (workspace == null) {
                workspace = new Workspace(config, kernels, team.size());
            }
            Result result = new Result(config, batch, output, pooler != null);
            for (Part part : Part.split(batch, MAX_TOKENS_PER_PART)) {
                workspace.reserve(part.numTokens());
                forward(part, output, workspace, members, result);
            }
            workspaces.offer(workspace); // dropped if more calls run at once than there are threads
            return result.toOutput();
        } finally {
            if (members == team) {
                team.exit();
            }
        }
    }

    private void forward(Part part, OutputStates output, Workspace w, Team team, Result result) {
        int n = part.numTokens();
        embeddings(part, w.embeddings(), team); // [N, E]
        embeddingsLayerNorm.apply(w.embeddings(), n, team);
        result.embeddings(w.embeddings(), part);
        embeddingHiddenMappingIn.apply(w.embeddings(), w.hidden(), n, team); // [N, H]
        result.hiddenState(0, w.hidden(), part);

        int numStates = config.numHiddenLayers() * config.innerGroupNum();
        for (int state = 1; state <= numStates; state++) {
            int group = config.groupOf((state - 1) / config.innerGroupNum());
            AlbertLayer layer = albertLayerGroups.get(group).get((state - 1) % config.innerGroupNum());
            boolean firstTokensOnly = output == OutputStates.POOLED && state == numStates;
            albertLayer(layer, part, firstTokensOnly, w, team); // [N, H] or [B, H]
            if (!firstTokensOnly) {
                result.hiddenState(state, w.hidden(), part);
            }
        }
        if (pooler != null) {
            if (output != OutputStates.POOLED) {
                keepFirstTokens(w.hidden(), part); // [B, H]
            }
            pooler.apply(w.hidden(), w.context(), part.numSequences(), team); // [B, H]
            result.poolerOutput(w.context(), part); // tanh
        }
    }

    /** Attention and feed-forward; the result replaces {@code hidden}. */
    private void albertLayer(AlbertLayer layer, Part part, boolean firstTokensOnly, Workspace w, Team team) {
        Rows hidden = w.hidden();
        int n = part.numTokens();
        layer.key().apply(hidden, w.key(), n, team); // [N, H]
        layer.value().apply(hidden, w.value(), n, team); // [N, H]
        if (firstTokensOnly) {
            keepFirstTokens(hidden, part); // [B, H]; from here on N = B
            n = part.numSequences();
        }
        layer.query().apply(hidden, w.query(), n, team); // [N, H]
        attention(part, firstTokensOnly, w, team); // [N, H]
        layer.dense().applyResidual(w.context(), hidden, w.attended(), n, team); // [N, H]
        layer.attentionLayerNorm().apply(w.attended(), n, team);

        layer.ffn().applyActivation(w.attended(), config.hiddenAct(), w.intermediate(), n, team); // [N, F]
        layer.ffnOutput().applyResidual(w.intermediate(), w.attended(), hidden, n, team); // [N, H]
        layer.fullLayerLayerNorm().apply(hidden, n, team);
    }

    private void attention(Part part, boolean firstTokensOnly, Workspace w, Team team) {
        int numHeads = config.numAttentionHeads();
        team.run(part.numSequences() * numHeads, (task, member) -> {
            int sequence = task / numHeads;
            int start = part.start(sequence);
            int length = part.length(sequence);
            w.attention(member)
                    .apply(
                            w.query(),
                            firstTokensOnly ? sequence : start,
                            firstTokensOnly ? 1 : length,
                            w.key(),
                            w.value(),
                            start,
                            length,
                            task % numHeads,
                            w.context());
        });
    }

    private void embeddings(Part part, Rows embeddings, Team team) {
        int e = config.embeddingSize();
        team.run(part.numSequences(), (sequence, member) -> {
            for (int position = 0; position < part.length(sequence); position++) {
                int token = part.start(sequence) + position;
                int word = part.batch().id(part.firstToken() + token) * e;
                int type = part.batch().typeId(part.firstToken() + token) * e;
                int to = token * embeddings.stride();
                for (int i = 0; i < e; i++) {
                    embeddings.values()[to + i] = wordEmbeddings[word + i]
                            + tokenTypeEmbeddings[type + i]
                            + positionEmbeddings[position * e + i];
                }
            }
        });
    }

    /** Moves each sequence's first row to the row of the sequence's number, which is never below. */
    private void keepFirstTokens(Rows rows, Part part) {
        for (int sequence = 0; sequence < part.numSequences(); sequence++) {
            int from = part.start(sequence) * rows.stride();
            System.arraycopy(rows.values(), from, rows.values(), sequence * rows.stride(), config.hiddenSize());
        }
    }

    private void check(Batch batch, OutputStates output) {
        if (output == OutputStates.POOLED && pooler == null) {
            throw new IllegalArgumentException("the pooled state was asked for, but a model for " + config.head()
                    + " has no pooler: ask for LAST or ALL");
        }
        if (batch.maxLength() > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("a sequence has " + batch.maxLength()
                    + " tokens, but the model takes 1 to " + config.maxPositionEmbeddings());
        }
        for (int token = 0; token < batch.numTokens(); token++) {
            if (batch.id(token) < 0 || batch.id(token) >= config.vocabSize()) {
                throw new IllegalArgumentException(
                        "id " + batch.id(token) + " is not between 0 and " + (config.vocabSize() - 1));
            }
            if (batch.typeId(token) < 0 || batch.typeId(token) >= config.typeVocabSize()) {
                throw new IllegalArgumentException(
                        "type id " + batch.typeId(token) + " is not between 0 and " + (config.typeVocabSize() - 1));
            }
        }
    }

    /** Waits for the call that has the encoder's threads, if any, and ends them; other running calls finish. */
    @Override
    public void close() {
        closed = true;
        team.close();
        workspaces.clear();
    }

    @Override
    public String toString() {
        return "CpuEncoder[" + kernels + ", " + team.size() + " threads]";
    }
}
