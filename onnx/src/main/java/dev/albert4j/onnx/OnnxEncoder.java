package dev.albert4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.albert4j.io.OnnxFile;
import dev.albert4j.io.TensorFile;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The encoder on ONNX Runtime. The graph is made in memory from the weights; one for each kind of {@link OutputStates} that is asked for,
 * at the first call that asks, so a program that wants one kind holds the weights natively once. Sequences of similar length run
 * together, padded.
 *
 * <p>Thread-safe; calls at once share the threads. In 8 bits a sequence's result depends a little on the others it is
 * padded with, because they share the scale of a product.
 */
public final class OnnxEncoder implements Encoder {
    private final AlbertWeights weights;
    private final AlbertConfig config;
    private final boolean hasPooler;
    private final OnnxPrecision precision;
    private final ExecutionProvider provider;
    private final int numThreads;
    private final Map<OutputStates, OrtSession> sessions = new EnumMap<>(OutputStates.class); // guarded by itself
    private final ReadWriteLock lock = new ReentrantReadWriteLock(); // read: encode, write: close
    private boolean closed;

    private OnnxEncoder(AlbertWeights weights, int numThreads, OnnxPrecision precision, ExecutionProvider provider) {
        this.weights = weights;
        this.config = weights.config();
        this.hasPooler = AlbertParameters.hasPooler(config.head());
        this.numThreads = numThreads;
        this.precision = precision;
        this.provider = provider;
    }

    /**
     * The encoder in 32 bits on the CPU.
     *
     * @param numThreads threads for the encoder, its caller's among them; at least 1
     */
    public static OnnxEncoder of(AlbertWeights weights, int numThreads) {
        return of(weights, numThreads, OnnxPrecision.FP32, ExecutionProvider.CPU);
    }

    /**
     * The encoder on what the runtime can use. Where sums of {@link OnnxPrecision#INT8} overflow on the CPU, it is {@link
     * OnnxPrecision#UINT8} instead.
     *
     * @param numThreads threads for what runs on the CPU, its caller's among them; at least 1
     * @throws IllegalArgumentException if the runtime has no such provider
     */
    public static OnnxEncoder of(
            AlbertWeights weights, int numThreads, OnnxPrecision precision, ExecutionProvider provider) {
        if (numThreads < 1) {
            throw new IllegalArgumentException("numThreads is " + numThreads + ", but must be at least 1");
        }
        try (SessionOptions probe = new SessionOptions()) {
            provider.addTo(probe);
        }
        boolean overflows =
                precision == OnnxPrecision.INT8 && provider == ExecutionProvider.CPU && !Int8Sums.areExact();
        return new OnnxEncoder(weights, numThreads, overflows ? OnnxPrecision.UINT8 : precision, provider);
    }

    /**
     * The encoder of a model directory on the CPU: an export in the precision it was exported in, any other in 32 bits.
     *
     * @param numThreads as above
     */
    public static OnnxEncoder open(ModelDirectory model, int numThreads) throws IOException {
        OnnxPrecision precision = OnnxPrecision.FP32;
        try (TensorFile file = model.openTensors()) {
            if (file instanceof OnnxFile export && export.isQuantized()) {
                precision = OnnxPrecision.INT8;
            }
        }
        return of(model.weights(), numThreads, precision, ExecutionProvider.CPU);
    }

    @Override
    public AlbertConfig config() {
        return config;
    }

    @Override
    public EncoderOutput encode(Batch batch, OutputStates output) {
        batch.check(config);
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the encoder is closed");
            }
            RaggedStates states = new RaggedStates(config, batch, output, hasPooler);
            if (output != OutputStates.POOLED || hasPooler) {
                OrtSession session = session(output);
                for (Rectangle rectangle : Rectangle.split(batch)) {
                    run(session, rectangle, states);
                }
            }
            return states.toOutput();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private OrtSession session(OutputStates output) throws OrtException {
        synchronized (sessions) {
            OrtSession session = sessions.get(output);
            if (session == null) {
                try (SessionOptions options = new SessionOptions()) {
                    options.setIntraOpNumThreads(numThreads);
                    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
                    provider.addTo(options);
                    byte[] model = OnnxModel.encoder(weights, precision, output);
                    session = OrtEnvironment.getEnvironment().createSession(model, options);
                }
                sessions.put(output, session);
            }
            return session;
        }
    }

    private static void run(OrtSession session, Rectangle rectangle, RaggedStates states) throws OrtException {
        Batch batch = rectangle.batch();
        try (OnnxTensor ids = tensor(rectangle, batch::id);
                OnnxTensor mask = tensor(rectangle, token -> 1);
                OnnxTensor typeIds = tensor(rectangle, batch::typeId);
                OrtSession.Result result =
                        session.run(Map.of(ModelGraph.IDS, ids, ModelGraph.MASK, mask, ModelGraph.TYPE_IDS, typeIds))) {
            Map<String, float[]> outputs = new HashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                outputs.put(
                        output.getKey(),
                        ((OnnxTensor) output.getValue()).getFloatBuffer().array());
            }
            states.add(rectangle, outputs);
        }
    }

    private static OnnxTensor tensor(Rectangle rectangle, Rectangle.TokenValue value) throws OrtException {
        LongBuffer values = LongBuffer.wrap(rectangle.values(value));
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), values, new long[] {rectangle.numRows(), rectangle.length()});
    }

    /** Waits for running calls, then frees what the runtime holds. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            for (OrtSession session : sessions.values()) {
                session.close();
            }
            sessions.clear();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public String toString() {
        return "OnnxEncoder[" + precision + ", " + provider + ", " + numThreads + " threads]";
    }
}
