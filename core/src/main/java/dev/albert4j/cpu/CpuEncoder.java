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
    private static final int MAX_ROWS_PER_TASK = 128; // a multiple of Kernels.ROW_UNIT
    private static final int MIN_ROWS_PER_TASK = 8;

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

    @Override
    public EncoderOutput encode(Batch batch, OutputStates output) {
        if (closed) {
            throw new IllegalStateException("the encoder is closed");
        }
        check(batch);
        PreferredKernels.awaitWarmUp();
        if (output == OutputStates.POOLED && pooler == null) {
            return new EncoderOutput(null, List.of(), null);
        }
        Team members = team.tryEnter() ? team : alone;
        try {
            Workspace workspace = workspaces.poll();
            if (workspace == null) {
                workspace = new Workspace(config, kernels, team.size(), MAX_ROWS_PER_TASK);
            }
            Result result = new Result(config, batch, output, pooler != null);
            for (Part part : Part.split(batch, MAX_TOKENS_PER_PART)) {
                workspace.reserve(part);
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
        run(team, n, (from, to, member) -> embeddings(part, from, to, w.hidden(), w.scratch(member), result)); // [N, H]
        result.hiddenState(0, w.hidden(), part);

        int numStates = config.numHiddenLayers() * config.innerGroupNum();
        for (int state = 1; state <= numStates; state++) {
            int group = config.groupOf((state - 1) / config.innerGroupNum());
            AlbertLayer layer = albertLayerGroups.get(group).get((state - 1) % config.innerGroupNum());
            boolean firstTokensOnly = output == OutputStates.POOLED && state == numStates;
            run(team, n, (from, to, member) -> keysAndValues(layer, part, from, to, w, w.scratch(member)));
            if (firstTokensOnly) {
                keepFirstTokens(w.hidden(), part); // [B, H]
                n = part.numSequences();
            }
            run(
                    team,
                    n,
                    (from, to, member) -> albertLayer(
                            layer, part, firstTokensOnly, from, to, w, w.scratch(member))); // [N, H] or [B, H]
            if (!firstTokensOnly) {
                result.hiddenState(state, w.hidden(), part);
            }
        }
        if (pooler != null) {
            if (output != OutputStates.POOLED) {
                keepFirstTokens(w.hidden(), part); // [B, H]
            }
            run(team, part.numSequences(), (from, to, member) -> {
                pooler.apply(w.hidden().from(from), w.scratch(member).context(), to - from); // [B, H]
                result.poolerOutput(w.scratch(member).context(), part.from() + from, to - from); // tanh
            });
        }
    }

    /** Embeddings of some tokens, from ids to their hidden states. */
    private void embeddings(Part part, int from, int to, Rows hidden, Scratch s, Result result) {
        for (int token = from; token < to; token++) {
            addEmbeddings(part, token, s.embeddings().values(), s.embeddings().at(token - from));
        }
        embeddingsLayerNorm.apply(s.embeddings(), to - from); // [n, E]
        result.embeddings(s.embeddings(), part.firstToken() + from, to - from);
        embeddingHiddenMappingIn.apply(s.embeddings(), hidden.from(from), to - from); // [n, H]
    }

    private void addEmbeddings(Part part, int token, float[] sum, int offset) {
        int e = config.embeddingSize();
        int word = part.batch().id(part.firstToken() + token) * e;
        int type = part.batch().typeId(part.firstToken() + token) * e;
        int position = (token - part.start(part.sequenceOf(token))) * e;
        for (int i = 0; i < e; i++) {
            sum[offset + i] =
                    wordEmbeddings[word + i] + tokenTypeEmbeddings[type + i] + positionEmbeddings[position + i];
        }
    }

    /** The first half of attention, for some tokens: what others attend to. */
    private void keysAndValues(AlbertLayer layer, Part part, int from, int to, Workspace w, Scratch s) {
        layer.key().apply(w.hidden().from(from), s.key(), to - from); // [n, H]
        layer.value().apply(w.hidden().from(from), s.value(), to - from); // [n, H]
        for (int token = from; token < to; ) {
            int sequence = part.sequenceOf(token);
            int start = part.start(sequence);
            int length = part.length(sequence);
            int end = Math.min(to, start + length);
            w.keysAndValues()
                    .store(
                            s.key().from(token - from),
                            s.value().from(token - from),
                            end - token,
                            sequence,
                            token - start,
                            length);
            token = end;
        }
    }

    /** The rest of the layer, for some rows: a token each, or the first token of a sequence each. */
    private void albertLayer(
            AlbertLayer layer, Part part, boolean firstTokensOnly, int from, int to, Workspace w, Scratch s) {
        Rows hidden = w.hidden().from(from);
        int n = to - from;
        layer.query().apply(hidden, s.query(), n); // [n, H]
        for (int row = from; row < to; ) {
            int sequence = firstTokensOnly ? row : part.sequenceOf(row);
            int length = part.length(sequence);
            int end = firstTokensOnly ? row + 1 : Math.min(to, part.start(sequence) + length);
            s.attention()
                    .apply(
                            s.query().from(row - from),
                            end - row,
                            w.keysAndValues(),
                            sequence,
                            length,
                            s.context().from(row - from));
            row = end;
        }
        layer.dense().applyResidual(s.context(), hidden, s.attended(), n); // [n, H]
        layer.attentionLayerNorm().apply(s.attended(), n);

        layer.ffn().applyActivation(s.attended(), config.hiddenAct(), s.intermediate(), n); // [n, F]
        layer.ffnOutput().applyResidual(s.intermediate(), s.attended(), hidden, n); // [n, H]
        layer.fullLayerLayerNorm().apply(hidden, n);
    }

    /** Something done to rows {@code from} to {@code to} by one member of a team. */
    @FunctionalInterface
    private interface RowTask {
        void run(int from, int to, int member);
    }

    /** Cuts rows into equal pieces, as many for each member of the team. */
    private static void run(Team team, int numRows, RowTask task) {
        int perMember = (numRows + MAX_ROWS_PER_TASK * team.size() - 1) / (MAX_ROWS_PER_TASK * team.size());
        int numTasks = Math.max(1, Math.min(perMember * team.size(), numRows / MIN_ROWS_PER_TASK));
        int rows = Panels.roundUp((numRows + numTasks - 1) / numTasks, Kernels.ROW_UNIT);
        team.run(
                (numRows + rows - 1) / rows,
                (index, member) -> task.run(index * rows, Math.min(numRows, (index + 1) * rows), member));
    }

    /** Moves each sequence's first row to the row of the sequence's number, which is never below. */
    private void keepFirstTokens(Rows rows, Part part) {
        for (int sequence = 0; sequence < part.numSequences(); sequence++) {
            int from = part.start(sequence) * rows.stride();
            System.arraycopy(rows.values(), from, rows.values(), sequence * rows.stride(), config.hiddenSize());
        }
    }

    private void check(Batch batch) {
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
