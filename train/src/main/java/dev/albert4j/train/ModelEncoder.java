package dev.albert4j.train;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The encoder of a model in training, with its present parameters, on the run's threads. Not thread-safe. */
@SuppressWarnings("try") // scope and guard act by being open
public final class ModelEncoder implements Encoder {
    private final AlbertModel model;
    private final Workers workers;
    private final int maxTokens;

    /**
     * @param model stays the caller's
     * @param workers threads to run on; they stay the caller's
     * @param maxTokens most tokens of one pass of a thread
     */
    ModelEncoder(AlbertModel model, Workers workers, int maxTokens) {
        this.model = model;
        this.workers = workers;
        this.maxTokens = maxTokens;
    }

    /** The model itself. */
    AlbertModel model() {
        return model;
    }

    /** The threads it runs on. */
    Workers workers() {
        return workers;
    }

    /** Most tokens of one pass of a thread. */
    int maxTokens() {
        return maxTokens;
    }

    @Override
    public AlbertConfig config() {
        return model.config();
    }

    /** Knows {@link OutputStates#POOLED} and {@link OutputStates#LAST}. */
    @Override
    public EncoderOutput encode(Batch batch, OutputStates output) {
        if (output == OutputStates.ALL) {
            throw new IllegalArgumentException("a model in training is asked for its last state at most");
        }
        int h = config().hiddenSize();
        boolean hasPooler = AlbertParameters.hasPooler(config().head());
        float[] last = output == OutputStates.LAST ? new float[Math.multiplyExact(batch.numTokens(), h)] : null;
        float[] pooled = hasPooler ? new float[Math.multiplyExact(batch.numSequences(), h)] : null;
        List<int[]> passes = passes(batch);
        AtomicInteger next = new AtomicInteger();
        model.evaluate();
        workers.run(worker -> {
            for (int pass = next.getAndIncrement(); pass < passes.size(); pass = next.getAndIncrement()) {
                run(batch, passes.get(pass), last, pooled);
            }
        });
        return new EncoderOutput(null, last == null ? List.of() : List.of(last), pooled);
    }

    /** Sequences by length, as equal lengths share their attention, in passes of at most so many tokens. */
    private List<int[]> passes(Batch batch) {
        List<Integer> order = IntStream.range(0, batch.numSequences())
                .boxed()
                .sorted(Comparator.comparingInt(batch::length))
                .toList();
        List<int[]> passes = new ArrayList<>();
        int begin = 0;
        while (begin < order.size()) {
            int end = begin;
            long tokens = 0;
            while (end < order.size() && (end == begin || tokens + batch.length(order.get(end)) <= maxTokens)) {
                tokens += batch.length(order.get(end++));
            }
            passes.add(order.subList(begin, end).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
            begin = end;
        }
        return passes;
    }

    /** Runs some sequences and puts their results where they belong. */
    private void run(Batch batch, int[] sequences, float @Nullable [] last, float @Nullable [] pooled) {
        int h = config().hiddenSize();
        int[][] ids = new int[sequences.length][];
        int[][] typeIds = new int[sequences.length][];
        for (int i = 0; i < sequences.length; i++) {
            int start = batch.start(sequences[i]);
            ids[i] = IntStream.range(start, start + batch.length(sequences[i]))
                    .map(batch::id)
                    .toArray();
            typeIds[i] = IntStream.range(start, start + batch.length(sequences[i]))
                    .map(batch::typeId)
                    .toArray();
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            PackedBatch packed = PackedBatch.of(Batch.of(ids, typeIds), model.device());
            Tensor states = last == null ? null : model.lastHiddenState(packed, state -> {}); // [N, H]
            if (states != null && last != null) {
                float[] rows = Tensors.floats(states);
                int from = 0;
                for (int i = 0; i < sequences.length; i++) {
                    System.arraycopy(rows, from, last, batch.start(sequences[i]) * h, ids[i].length * h);
                    from += ids[i].length * h;
                }
            }
            if (pooled != null) {
                Tensor output = states == null
                        ? model.pooled(packed)
                        : model.pooler(states.index_select(0, packed.firstTokens())); // [B, H]
                float[] rows = Tensors.floats(output);
                for (int i = 0; i < sequences.length; i++) {
                    System.arraycopy(rows, i * h, pooled, sequences[i] * h, h);
                }
            }
        }
    }

    /** Nothing to free. */
    @Override
    public void close() {}
}
