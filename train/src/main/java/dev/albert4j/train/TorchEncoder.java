package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.set_num_threads;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.OutputStates;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** The encoder on libtorch. Thread-safe. */
@SuppressWarnings("try") // a PointerScope acts by being open
public final class TorchEncoder implements Encoder {
    private final AlbertConfig config;
    private final AlbertModel model;
    private final ReadWriteLock lock = new ReentrantReadWriteLock(); // read: encode, write: close
    private boolean closed;

    /** Copies the weights; runs on as many threads as libtorch has been told to use. */
    public TorchEncoder(AlbertWeights weights) {
        this(weights, 0);
    }

    /**
     * Copies the weights.
     *
     * @param numThreads threads for libtorch, which has one number for the whole process; 0 leaves it as it is
     */
    public TorchEncoder(AlbertWeights weights, int numThreads) {
        if (numThreads < 0) {
            throw new IllegalArgumentException("numThreads " + numThreads + " is negative");
        }
        if (numThreads > 0) {
            set_num_threads(numThreads);
            Loader.load(openblas.class);
            openblas.blas_set_num_threads(numThreads); // which OMP_NUM_THREADS may have bounded
        }
        config = weights.config();
        model = new AlbertModel(weights);
    }

    @Override
    public AlbertConfig config() {
        return config;
    }

    @Override
    public EncoderOutput encode(Batch batch, OutputStates output) {
        batch.check(config);
        lock.readLock().lock();
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            if (closed) {
                throw new IllegalStateException("the encoder is closed");
            }
            return encode(PackedBatch.of(batch), output);
        } finally {
            lock.readLock().unlock();
        }
    }

    private EncoderOutput encode(PackedBatch batch, OutputStates output) {
        boolean hasPooler = AlbertParameters.hasPooler(config.head());
        if (output == OutputStates.POOLED) {
            return new EncoderOutput(null, List.of(), hasPooler ? Tensors.floats(model.pooled(batch)) : null);
        }
        List<float[]> states = new ArrayList<>(); // the embeddings, then the hidden states
        Tensor last = model.lastHiddenState(batch, state -> {
            if (output == OutputStates.ALL) {
                states.add(Tensors.floats(state));
            }
        });
        float[] pooled = hasPooler ? Tensors.floats(model.pooler(last.index_select(0, batch.firstTokens()))) : null;
        return output == OutputStates.ALL
                ? new EncoderOutput(states.get(0), states.subList(1, states.size()), pooled)
                : new EncoderOutput(null, List.of(Tensors.floats(last)), pooled);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                model.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
