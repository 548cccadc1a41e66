package dev.albert4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_a;
import static org.bytedeco.dnnl.global.dnnl.dnnl_ab;
import static org.bytedeco.dnnl.global.dnnl.dnnl_ba;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scales_mask;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_s8;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_u8;

import dev.albert4j.model.Int8Matrix;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;

/** Weights in oneDNN's own order, and its primitives for numbers of rows as they come. Thread-safe. */
final class PackedProduct {
    // The order of the weights is chosen for so many rows, and used for any.
    private static final int TYPICAL_ROWS = 64;

    /**
     * A product with a number of rows.
     *
     * @param x [numRows, K] u8
     * @param y [numRows, N] f32
     */
    record Shape(
            int numRows,
            dnnl_memory_desc x,
            dnnl_memory_desc y,
            dnnl_memory_desc scratchpad,
            long scratchpadBytes,
            dnnl_primitive primitive) {}

    private final int numInputs;
    private final int numOutputs;
    private final dnnl_engine engine;
    private final Native resources = new Native();
    private final dnnl_primitive_attr attributes;
    private final dnnl_memory_desc packed;
    private final dnnl_memory weights;
    private final dnnl_memory scales;
    private final ConcurrentHashMap<Integer, Shape> shapes = new ConcurrentHashMap<>();

    PackedProduct(Int8Matrix matrix, dnnl_engine engine, dnnl_stream stream) {
        this.numInputs = matrix.numColumns();
        this.numOutputs = matrix.numRows();
        this.engine = engine;
        attributes = resources.attributes();
        Status.check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user));
        Status.check(dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_WEIGHTS, 1 << 1)); // one a column
        packed = packedOrder();
        weights = resources.memory(packed, engine, resources.bytes(dnnl_memory_desc_get_size(packed)));
        try (Native temporary = new Native()) {
            pack(matrix, stream, temporary);
        }
        scales = resources.memory(
                resources.describe(dnnl_f32, dnnl_a, numOutputs), engine, resources.floats(matrix.scales()));
    }

    private dnnl_memory_desc packedOrder() {
        try (Native temporary = new Native()) {
            dnnl_memory_desc any = temporary.describe(dnnl_s8, dnnl_format_tag_any, numInputs, numOutputs);
            dnnl_primitive_desc typical = description(TYPICAL_ROWS, any, temporary);
            return resources.copy(dnnl_primitive_desc_query_md(typical, dnnl_query_weights_md, 0));
        }
    }

    private void pack(Int8Matrix matrix, dnnl_stream stream, Native temporary) {
        dnnl_memory_desc order = temporary.describe(dnnl_s8, dnnl_ba, numInputs, numOutputs); // [N, K] as it is
        dnnl_memory from = temporary.memory(order, engine, temporary.bytes(matrix.values()));
        dnnl_primitive_desc reorder = temporary.description(
                out -> dnnl_reorder_primitive_desc_create(out, order, engine, packed, engine, null));
        temporary.execute(temporary.primitive(reorder), stream, new int[] {DNNL_ARG_FROM, DNNL_ARG_TO}, from, weights);
    }

    private dnnl_primitive_desc description(int numRows, dnnl_memory_desc weights, Native owner) {
        dnnl_memory_desc x = owner.describe(dnnl_u8, dnnl_ab, numRows, numInputs);
        dnnl_memory_desc y = owner.describe(dnnl_f32, dnnl_ab, numRows, numOutputs);
        return owner.description(
                out -> dnnl_matmul_primitive_desc_create(out, engine, x, weights, null, y, attributes));
    }

    /** For so many rows at least, and few more: not every number has a primitive of its own. */
    Shape shape(int numRows) {
        int unit = numRows <= 2 ? 1 : numRows <= 32 ? 4 : 8;
        int rounded = (numRows + unit - 1) / unit * unit;
        Shape shape = shapes.get(rounded);
        return shape != null ? shape : shapes.computeIfAbsent(rounded, this::newShape);
    }

    private Shape newShape(int numRows) {
        synchronized (resources) {
            dnnl_primitive_desc description = description(numRows, packed, resources);
            dnnl_memory_desc scratchpad =
                    resources.copy(dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0));
            return new Shape(
                    numRows,
                    resources.describe(dnnl_u8, dnnl_ab, numRows, numInputs),
                    resources.describe(dnnl_f32, dnnl_ab, numRows, numOutputs),
                    scratchpad,
                    dnnl_memory_desc_get_size(scratchpad),
                    resources.primitive(description));
        }
    }

    int numInputs() {
        return numInputs;
    }

    int numOutputs() {
        return numOutputs;
    }

    dnnl_memory weights() {
        return weights;
    }

    dnnl_memory scales() {
        return scales;
    }

    void close() {
        resources.close();
    }
}
