package dev.albert4j.cpu;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.ExitRule;
import dev.albert4j.model.LayerwiseEncoder;
import dev.albert4j.model.OutputStates;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * ALBERT's encoder in plain Java, float32, on the Vector API where the virtual machine has it
 * ({@code --add-modules jdk.incubator.vector}) and scalar loops where not.
 *
 * <p>Follows {@code AlbertModel} of Hugging Face's {@code modeling_albert.py} in evaluation mode: same order, same names.
 * Sequences run without padding. A sequence's result is the same, to the last bit, alone or in any batch, with any number
 * of threads; so is what a layer shows of it when sequences leave early.
 *
 * <p>Safe for use by several threads. One call at a time gets the encoder's own threads; others meanwhile run on their
 * caller's alone. Holds the weights twice as packed copies at most, and for each call running at once buffers of a few
 * hundred rows, which are kept for later calls.
 */
public final class CpuEncoder implements LayerwiseEncoder {
    private static final int MAX_TOKENS_PER_PART = 512;
    private static final int MAX_ROWS_PER_SLICE = 128; // a multiple of Kernels.ROW_UNIT
    private static final int MIN_ROWS_PER_SLICE = 8;
    // Up to one row for so many weights of a layer, reading them costs more than waiting for each other (measured).
    private static final int WEIGHTS_PER_SHARED_ROW = 100_000;

    private final AlbertConfig config;
    private final Kernels kernels;
    private final @Nullable Int8Products products;
    private final Table wordEmbeddings; // [V, E]
    private final float[] positionEmbeddings; // [positions, E]
    private final float[] tokenTypeEmbeddings; // [types, E]
    private final LayerNorm embeddingsLayerNorm;
    private final Linear embeddingHiddenMappingIn; // E → H
    private final List<List<AlbertLayer>> albertLayerGroups; // [G, I]
    private final @Nullable Linear pooler; // H → H

    private final int maxRowsToShare;
    private final Team team;
    private final Team alone = Team.alone();
    private final ArrayBlockingQueue<Workspace> workspaces;
    private final ReadWriteLock calls = new ReentrantReadWriteLock(); // a call reads, closing writes
    private boolean closed; // guarded by it

    private CpuEncoder(AlbertWeights weights, int numThreads, Kernels kernels, @Nullable Int8Products products) {
        this.config = weights.config();
        this.kernels = kernels;
        this.products = products;
        Linears linears = new Linears(weights, kernels, products);
        wordEmbeddings = linears.table("albert.embeddings.word_embeddings.weight", config.embeddingSize());
        positionEmbeddings = weights.values("albert.embeddings.position_embeddings.weight");
        tokenTypeEmbeddings = weights.values("albert.embeddings.token_type_embeddings.weight");
        embeddingsLayerNorm = LayerNorm.of(weights, "albert.embeddings.LayerNorm", kernels);
        int h = config.hiddenSize();
        embeddingHiddenMappingIn = linears.of("albert.encoder.embedding_hidden_mapping_in", h, config.embeddingSize());
        albertLayerGroups = IntStream.range(0, config.numHiddenGroups())
                .mapToObj(group -> IntStream.range(0, config.innerGroupNum())
                        .mapToObj(inner -> AlbertLayer.of(weights, group, inner, kernels, linears))
                        .toList())
                .toList();
        pooler = AlbertParameters.hasPooler(config.head()) ? linears.of("albert.pooler", h, h) : null;
        workspaces = new ArrayBlockingQueue<>(numThreads);
        maxRowsToShare = products != null
                ? MIN_ROWS_PER_SLICE
                : (int) Math.min(MAX_ROWS_PER_SLICE, layerWeights(config) / WEIGHTS_PER_SHARED_ROW);
        team = Team.of(numThreads);
    }

    /**
     * Has the virtual machine begin to compile what all encoders run, in a thread of its own, and returns at once. The first
     * encoder does so anyway; a program that calls this first thing has its first answer earlier, by the time that it takes
     * to load a model.
     */
    public static void warmUp() {
        PreferredKernels.get();
    }

    /** Returns once all that {@link #warmUp} begins is done: for who is about to measure. */
    public static void awaitWarmUp() {
        PreferredKernels.get();
        PreferredKernels.awaitWarmUp(true);
    }

    /**
     * Packs the weights and starts the threads.
     *
     * @param numThreads threads a call may use, its caller among them; at least 1
     */
    public static CpuEncoder of(AlbertWeights weights, int numThreads) {
        return of(weights, numThreads, PreferredKernels.get(), null);
    }

    /**
     * The same encoder, bit for bit, for a program that encodes a little and ends: in plain Java, which the virtual machine compiles
     * sooner than what uses the Vector API, by about half a second, and which is many times slower from then on. Waits for no {@link
     * #warmUp}, and begins none.
     *
     * @see #operations
     */
    public static CpuEncoder inPlainJava(AlbertWeights weights, int numThreads) {
        return of(weights, numThreads, PreferredKernels.inPlainJava(), null);
    }

    /** Additions and multiplications of so many tokens in the layers' products with weights. */
    public static double operations(AlbertConfig config, long numTokens) {
        return 2.0 * config.numPasses() * layerWeights(config) * numTokens;
    }

    /** Values of a layer's matrices. */
    private static long layerWeights(AlbertConfig config) {
        return config.hiddenSize() * (4L * config.attentionSize() + 2L * config.intermediateSize());
    }

    /**
     * An encoder in 8-bit integers: weights with a scale for each output, and inputs of products with one for each token, found
     * as they come; residuals, LayerNorm, softmax and activations are float32. Of a model that is stored in 8 bits the matrices
     * that are not stay in float32; of any other model all of the encoder's matrices are rounded here.
     *
     * @param products who multiplies; closed with the encoder
     */
    public static CpuEncoder of(AlbertWeights weights, int numThreads, Int8Products products) {
        return of(weights, numThreads, PreferredKernels.get(), products);
    }

    static CpuEncoder of(AlbertWeights weights, int numThreads, Kernels kernels, @Nullable Int8Products products) {
        if (numThreads < 1) {
            throw new IllegalArgumentException("numThreads is " + numThreads + ", but must be at least 1");
        }
        return new CpuEncoder(weights, numThreads, kernels, products);
    }

    @Override
    public AlbertConfig config() {
        return config;
    }

    @Override
    public EncoderOutput encode(Batch batch, OutputStates output) {
        Result result = new Result(config, batch, output, pooler != null);
        inParts(batch, (part, w, members) -> forward(part, output, w, members, result));
        return result.toOutput();
    }

    @Override
    public void encode(Batch batch, ExitRule rule) {
        if (pooler == null) {
            throw new IllegalArgumentException("the model has no pooler, whose output tells when to leave");
        }
        Linear itsPooler = pooler;
        inParts(batch, (part, w, members) -> forward(part, itsPooler, rule, w, members));
    }

    /** A way through the model for a part of a batch. */
    @FunctionalInterface
    private interface Forward {
        void run(Part part, Workspace w, Team team);
    }

    private void inParts(Batch batch, Forward forward) {
        calls.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the encoder is closed");
            }
            batch.check(config);
            if (!(kernels instanceof ScalarKernels)) {
                PreferredKernels.awaitWarmUp(products != null || config.hiddenAct() != WarmUp.COMMON_ACTIVATION);
            }
            inPartsOfOpen(batch, forward);
        } finally {
            calls.readLock().unlock();
        }
    }

    private void inPartsOfOpen(Batch batch, Forward forward) {
        Team members = team.tryEnter() ? team : alone;
        try {
            Workspace workspace = workspaces.poll();
            if (workspace == null) {
                workspace = new Workspace(config, kernels, team.size(), MAX_ROWS_PER_SLICE);
            }
            for (Part part : Part.split(batch, MAX_TOKENS_PER_PART)) {
                workspace.reserve(part);
                forward.run(part, workspace, members);
            }
            workspaces.offer(workspace); // dropped if more calls run at once than there are threads
        } finally {
            if (members == team) {
                team.exit();
            }
        }
    }

    private void forward(Part part, OutputStates output, Workspace w, Team team, Result result) {
        if (output == OutputStates.POOLED && pooler == null) {
            return; // the model has nothing of what is asked for
        }
        embeddings(part, w, team, result); // [N, H]
        result.hiddenState(0, w.hidden(), part);
        int numStates = config.numPasses();
        for (int state = 1; state <= numStates; state++) {
            AlbertLayer layer = layer(state);
            keysAndValues(layer, part, w, team);
            if (output == OutputStates.POOLED && state == numStates) {
                copyFirstTokens(part, w.hidden(), w.hidden());
                firstTokens(layer, part, w.hidden(), w, team); // [B, H]
            } else {
                allTokens(layer, part, w, team); // [N, H]
                result.hiddenState(state, w.hidden(), part);
            }
        }
        if (pooler != null) {
            if (output != OutputStates.POOLED) {
                copyFirstTokens(part, w.hidden(), w.hidden()); // [B, H]
            }
            pooler(pooler, part, w.hidden(), w, team, result); // [B, H]
        }
    }

    /** Of each layer first the first tokens, which tell which sequences leave; then all tokens of those that stay. */
    private void forward(Part whole, Linear pooler, ExitRule rule, Workspace w, Team team) {
        int[] numbers = IntStream.range(whole.from(), whole.to()).toArray(); // in the batch, of those that are left
        Part part = whole.select(IntStream.range(0, numbers.length).toArray());
        Rows first = Rows.of(numbers.length, config.hiddenSize(), kernels.panelWidth());
        embeddings(part, w, team, new Result(config, part.batch(), OutputStates.POOLED, false)); // [N, H]; keeps none
        for (int state = 1; state <= config.numPasses(); state++) {
            AlbertLayer layer = layer(state);
            keysAndValues(layer, part, w, team);
            copyFirstTokens(part, w.hidden(), first);
            firstTokens(layer, part, first, w, team); // [B, H]
            Result result = new Result(config, part.batch(), OutputStates.POOLED, true);
            pooler(pooler, part, first, w, team, result); // [B, H]
            int[] all = numbers;
            int[] staying = staying(rule, all, state, result.toOutput().poolerOutput());
            if (staying.length == 0 || state == config.numPasses()) {
                return;
            }
            if (staying.length < all.length) {
                numbers = IntStream.of(staying).map(i -> all[i]).toArray();
                part = select(part, staying, w);
            }
            allTokens(layer, part, w, team); // [N, H]
        }
    }

    /** Asks the rule of each sequence; gives the places of those that stay. */
    private int[] staying(ExitRule rule, int[] numbers, int layer, float[] pooled) {
        int h = config.hiddenSize();
        return IntStream.range(0, numbers.length)
                .filter(i -> !rule.leaves(numbers[i], layer, Arrays.copyOfRange(pooled, i * h, (i + 1) * h)))
                .toArray();
    }

    /** Moves what has been computed of some sequences to the front: their hidden states, and where their keys and values are. */
    private static Part select(Part part, int[] sequences, Workspace w) {
        Part selected = part.select(sequences);
        Rows hidden = w.hidden();
        for (int i = 0; i < sequences.length; i++) {
            int from = part.start(sequences[i]);
            int numValues = selected.length(i) * hidden.stride();
            System.arraycopy(
                    hidden.values(), hidden.at(from), hidden.values(), hidden.at(selected.start(i)), numValues);
        }
        w.keysAndValues().select(sequences);
        return selected;
    }

    /** The layer that leads to a state, counted over all inner layers from 1. */
    private AlbertLayer layer(int state) {
        int group = config.groupOf((state - 1) / config.innerGroupNum());
        return albertLayerGroups.get(group).get((state - 1) % config.innerGroupNum());
    }

    private void embeddings(Part part, Workspace w, Team team, Result result) {
        inSlices(part.numTokens(), w, team, slice -> embeddings(part, w.hidden(), slice, result));
    }

    private void keysAndValues(AlbertLayer layer, Part part, Workspace w, Team team) {
        inSlices(part.numTokens(), w, team, slice -> keysAndValues(layer, part, w, slice));
    }

    private void allTokens(AlbertLayer layer, Part part, Workspace w, Team team) {
        inSlices(part.numTokens(), w, team, slice -> albertLayer(layer, part, false, w.hidden(), w, slice));
    }

    /** @param first the first token of each sequence, [B, H] */
    private void firstTokens(AlbertLayer layer, Part part, Rows first, Workspace w, Team team) {
        inSlices(part.numSequences(), w, team, slice -> albertLayer(layer, part, true, first, w, slice));
    }

    /** @param first the first token of each sequence, [B, H] */
    private void pooler(Linear pooler, Part part, Rows first, Workspace w, Team team, Result result) {
        inSlices(part.numSequences(), w, team, slice -> pooler(pooler, part, first, slice, result));
    }

    /** Embeddings of some tokens, from ids to their hidden states. */
    private void embeddings(Part part, Rows hidden, Slice slice, Result result) {
        int n = slice.numRows();
        Rows embeddings = slice.scratch().embeddings();
        for (int row = 0; row < n; row++) {
            addEmbeddings(part, slice.from() + row, embeddings.values(), embeddings.at(row));
        }
        embeddingsLayerNorm.apply(embeddings, n); // [n, E]
        result.embeddings(embeddings, part.firstToken() + slice.from(), n);
        embeddingHiddenMappingIn.apply(embeddings, hidden.from(slice.from()), n, slice.team()); // [n, H]
    }

    private void addEmbeddings(Part part, int token, float[] sum, int offset) {
        int e = config.embeddingSize();
        int type = part.batch().typeId(part.firstToken() + token) * e;
        int position = (token - part.start(part.sequenceOf(token))) * e;
        wordEmbeddings.copyRow(part.batch().id(part.firstToken() + token), sum, offset);
        for (int i = 0; i < e; i++) {
            sum[offset + i] = sum[offset + i] + tokenTypeEmbeddings[type + i] + positionEmbeddings[position + i];
        }
    }

    /** The first half of attention, for some tokens: what others attend to. */
    private void keysAndValues(AlbertLayer layer, Part part, Workspace w, Slice slice) {
        Rows hidden = w.hidden().from(slice.from());
        Scratch s = slice.scratch();
        layer.key().apply(hidden, s.key(), slice.numRows(), slice.team()); // [n, A D]
        layer.value().apply(hidden, s.value(), slice.numRows(), slice.team()); // [n, A D]
        for (int token = slice.from(); token < slice.to(); ) {
            int sequence = part.sequenceOf(token);
            int end = Math.min(slice.to(), part.start(sequence + 1));
            Rows key = s.key().from(token - slice.from());
            Rows value = s.value().from(token - slice.from());
            int position = token - part.start(sequence);
            w.keysAndValues().store(key, value, end - token, sequence, position, part.length(sequence));
            token = end;
        }
    }

    /** The rest of the layer, for some rows: a token each, or the first token of a sequence each. */
    private void albertLayer(
            AlbertLayer layer, Part part, boolean firstTokensOnly, Rows states, Workspace w, Slice slice) {
        Rows hidden = states.from(slice.from());
        int n = slice.numRows();
        Scratch s = slice.scratch();
        layer.query().apply(hidden, s.query(), n, slice.team()); // [n, A D]
        for (int row = slice.from(); row < slice.to(); ) {
            int sequence = firstTokensOnly ? row : part.sequenceOf(row);
            int end = firstTokensOnly ? row + 1 : Math.min(slice.to(), part.start(sequence + 1));
            Rows query = s.query().from(row - slice.from());
            Rows context = s.context().from(row - slice.from());
            s.attention().apply(query, end - row, w.keysAndValues(), sequence, part.length(sequence), context);
            row = end;
        }
        layer.dense().applyResidual(s.context(), hidden, s.attended(), n, slice.team()); // [n, H]
        layer.attentionLayerNorm().apply(s.attended(), n);

        feedForward(layer, s.attended(), s.intermediate(), hidden, n, slice.team()); // [n, H]
        layer.fullLayerLayerNorm().apply(hidden, n);
    }

    /** @param intermediate a buffer [n, F], of which 8 bits take one row */
    private void feedForward(AlbertLayer layer, Rows attended, Rows intermediate, Rows hidden, int n, Team team) {
        if (layer.ffn() instanceof Int8Linear ffn && layer.ffnOutput() instanceof Int8Linear ffnOutput) {
            QuantizedRows activated = ffn.applyActivation(attended, config.hiddenAct(), intermediate, n);
            ffnOutput.applyResidual(activated, attended, hidden, n);
        } else {
            layer.ffn().applyActivation(attended, config.hiddenAct(), intermediate, n, team);
            layer.ffnOutput().applyResidual(intermediate, attended, hidden, n, team);
        }
    }

    private void pooler(Linear pooler, Part part, Rows first, Slice slice, Result result) {
        Rows pooled = slice.scratch().attended();
        pooler.apply(first.from(slice.from()), pooled, slice.numRows(), slice.team()); // [n, H]
        result.poolerOutput(pooled, part.from() + slice.from(), slice.numRows()); // tanh
    }

    /**
     * Cuts rows into equal slices, as many for each member of the team. A core then keeps its rows in its cache, but streams
     * all weights; of few rows, all members rather compute all, each a share of the columns.
     */
    private void inSlices(int numRows, Workspace w, Team team, Consumer<Slice> task) {
        if (numRows <= maxRowsToShare) {
            task.accept(new Slice(0, numRows, w.scratch(0), team));
            return;
        }
        int perMember = (numRows + MAX_ROWS_PER_SLICE * team.size() - 1) / (MAX_ROWS_PER_SLICE * team.size());
        int numSlices = Math.max(1, Math.min(perMember * team.size(), numRows / MIN_ROWS_PER_SLICE));
        int rows = Panels.roundUp((numRows + numSlices - 1) / numSlices, Kernels.ROW_UNIT);
        team.run((numRows + rows - 1) / rows, (slice, member) -> {
            int to = Math.min(numRows, (slice + 1) * rows);
            task.accept(new Slice(slice * rows, to, w.scratch(member), alone));
        });
    }

    /** Copies each sequence's first row to the row of the sequence's number, which is never below. */
    private void copyFirstTokens(Part part, Rows from, Rows to) {
        for (int sequence = 0; sequence < part.numSequences(); sequence++) {
            int row = part.start(sequence);
            System.arraycopy(from.values(), from.at(row), to.values(), to.at(sequence), config.hiddenSize());
        }
    }

    /** Waits for running calls, and ends the encoder's threads. */
    @Override
    public void close() {
        calls.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            team.close();
            workspaces.clear();
            if (products != null) {
                products.close();
            }
        } finally {
            calls.writeLock().unlock();
        }
    }

    @Override
    public String toString() {
        return "CpuEncoder[" + (products == null ? kernels : products) + ", " + team.size() + " threads]";
    }
}
