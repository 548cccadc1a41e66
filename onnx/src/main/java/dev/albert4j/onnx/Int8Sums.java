package dev.albert4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether ONNX Runtime adds up products of {@link OnnxPrecision#INT8} without overflow on this machine's processor. */
final class Int8Sums {
    private static final int ROWS = 16;
    private static final int INPUTS = 64;

    /** Asked once. */
    private static final class Holder {
        static final boolean EXACT = greatest() == 255 * 127 * INPUTS;
    }

    private Int8Sums() {}

    static boolean areExact() {
        return Holder.EXACT;
    }

    /** The greatest sum of so many products that there can be, as ONNX Runtime finds it. */
    private static int greatest() {
        byte[] weights = new byte[INPUTS * ROWS];
        Arrays.fill(weights, (byte) 127);
        byte[] x = new byte[ROWS * INPUTS];
        Arrays.fill(x, (byte) 255);
        GraphBuilder g = GraphBuilder.of("sums");
        String matrix = g.array("weights", weights, ElementType.INT8, INPUTS, ROWS);
        String sums = g.node("MatMulInteger", List.of(g.input("x", ElementType.UINT8, ROWS, INPUTS), matrix));
        g.output("y", sums, ElementType.INT32, ROWS, ROWS);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(g.model().toBytes());
                OnnxTensor tensor = OnnxTensor.createTensor(
                        environment, ByteBuffer.wrap(x), new long[] {ROWS, INPUTS}, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            return ((OnnxTensor) result.get(0)).getIntBuffer().get(0);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }
}
