package dev.albert4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;

import dev.albert4j.onednn.PackedProduct.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** What one product at a time needs: memory outside the heap for its inputs and results. For one thread at a time. */
final class Lane {
    private static final int[] ARGUMENTS = {
        DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, DNNL_ARG_SCRATCHPAD
    };

    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final Map<Shape, dnnl_exec_arg_t> arguments = new HashMap<>();
    private Native resources = new Native();
    private BytePointer x = resources.bytes(0);
    private FloatPointer y = resources.floats(0);
    private BytePointer scratchpad = resources.bytes(0);
    private ByteBuffer xBuffer = x.asBuffer();
    private FloatBuffer yBuffer = y.asBuffer();

    Lane(dnnl_engine engine, dnnl_stream stream) {
        this.engine = engine;
        this.stream = stream;
    }

    void multiply(
            PackedProduct product, byte[] from, int numRows, float[] to, int offset, int stride, IntConsumer withRow) {
        Shape shape = product.shape(numRows);
        dnnl_exec_arg_t ready = arguments.get(shape);
        if (ready == null) {
            reserve(product, shape);
            ready = newArguments(product, shape);
            arguments.put(shape, ready);
        }
        xBuffer.put(0, from, 0, numRows * product.numInputs());
        Status.check(dnnl_primitive_execute(shape.primitive(), stream, ARGUMENTS.length, ready));
        int n = product.numOutputs();
        for (int row = 0; row < numRows; row++) {
            yBuffer.get(row * n, to, offset + row * stride, n);
            withRow.accept(row);
        }
    }

    private dnnl_exec_arg_t newArguments(PackedProduct product, Shape shape) {
        return resources.arguments(
                ARGUMENTS,
                resources.memory(shape.x(), engine, x),
                product.weights(),
                resources.memory(shape.y(), engine, y),
                product.scales(),
                resources.memory(shape.scratchpad(), engine, scratchpad));
    }

    /** Makes room for a shape; arguments that point to smaller buffers are dropped. */
    private void reserve(PackedProduct product, Shape shape) {
        long inputs = (long) shape.numRows() * product.numInputs();
        long outputs = (long) shape.numRows() * product.numOutputs();
        if (inputs <= x.capacity() && outputs <= y.capacity() && shape.scratchpadBytes() <= scratchpad.capacity()) {
            return;
        }
        inputs = Math.max(inputs, x.capacity());
        outputs = Math.max(outputs, y.capacity());
        long scratch = Math.max(shape.scratchpadBytes(), scratchpad.capacity());
        close();
        arguments.clear();
        resources = new Native();
        x = resources.bytes(inputs);
        y = resources.floats(outputs);
        scratchpad = resources.bytes(scratch);
        xBuffer = x.asBuffer();
        yBuffer = y.asBuffer();
    }

    void close() {
        resources.close();
    }
}
