package dev.albert4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_clone;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Makes oneDNN's objects and memory outside the heap, and destroys them in reverse. Not for use by several threads at once. */
final class Native implements AutoCloseable {
    private final Deque<Runnable> destroy = new ArrayDeque<>();

    private <P extends Pointer> P make(ToIntFunction<PointerPointer<P>> create, Class<P> type, Consumer<P> destroyer) {
        try (PointerPointer<P> out = new PointerPointer<>(1)) {
            Status.check(create.applyAsInt(out));
            P made = out.get(type);
            destroy.push(() -> destroyer.accept(made));
            return made;
        }
    }

    dnnl_engine engine() {
        return make(
                out -> dnnl_engine_create(out, dnnl_cpu, 0), dnnl_engine.class, engine -> dnnl_engine_destroy(engine));
    }

    dnnl_stream stream(dnnl_engine engine) {
        return make(
                out -> dnnl_stream_create(out, engine, dnnl_stream_default_flags),
                dnnl_stream.class,
                stream -> dnnl_stream_destroy(stream));
    }

    dnnl_primitive_attr attributes() {
        return make(
                out -> dnnl_primitive_attr_create(out),
                dnnl_primitive_attr.class,
                attributes -> dnnl_primitive_attr_destroy(attributes));
    }

    dnnl_memory_desc describe(int type, int order, long... shape) {
        return make(
                out -> dnnl_memory_desc_create_with_tag(out, shape.length, shape, type, order),
                dnnl_memory_desc.class,
                description -> dnnl_memory_desc_destroy(description));
    }

    dnnl_memory_desc copy(dnnl_memory_desc description) {
        return make(
                out -> dnnl_memory_desc_clone(out, description),
                dnnl_memory_desc.class,
                copy -> dnnl_memory_desc_destroy(copy));
    }

    dnnl_memory memory(dnnl_memory_desc description, dnnl_engine engine, Pointer data) {
        return make(
                out -> dnnl_memory_create(out, description, engine, data),
                dnnl_memory.class,
                memory -> dnnl_memory_destroy(memory));
    }

    dnnl_primitive_desc description(ToIntFunction<PointerPointer<dnnl_primitive_desc>> create) {
        return make(create, dnnl_primitive_desc.class, description -> dnnl_primitive_desc_destroy(description));
    }

    dnnl_primitive primitive(dnnl_primitive_desc description) {
        return make(
                out -> dnnl_primitive_create(out, description),
                dnnl_primitive.class,
                primitive -> dnnl_primitive_destroy(primitive));
    }

    /** Zeros. */
    BytePointer bytes(long size) {
        BytePointer bytes = keep(new BytePointer(Math.max(size, 1)));
        Pointer.memset(bytes, 0, size);
        return bytes;
    }

    BytePointer bytes(byte[] values) {
        return keep(new BytePointer(values));
    }

    FloatPointer floats(float[] values) {
        return keep(new FloatPointer(values));
    }

    FloatPointer floats(long size) {
        return keep(new FloatPointer(size));
    }

    private <P extends Pointer> P keep(P pointer) {
        destroy.push(pointer::close);
        return pointer;
    }

    /** Arguments of a primitive, one for each number. */
    dnnl_exec_arg_t arguments(int[] numbers, dnnl_memory... memories) {
        dnnl_exec_arg_t arguments = keep(new dnnl_exec_arg_t(numbers.length));
        for (int i = 0; i < numbers.length; i++) {
            arguments.getPointer(i).arg(numbers[i]).memory(memories[i]);
        }
        return arguments;
    }

    void execute(dnnl_primitive primitive, dnnl_stream stream, int[] numbers, dnnl_memory... memories) {
        Status.check(dnnl_primitive_execute(primitive, stream, numbers.length, arguments(numbers, memories)));
        Status.check(dnnl_stream_wait(stream));
    }

    @Override
    public void close() {
        while (!destroy.isEmpty()) {
            destroy.pop().run();
        }
    }
}
