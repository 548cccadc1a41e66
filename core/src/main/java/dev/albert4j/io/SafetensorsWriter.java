package dev.albert4j.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a safetensors file: the header, padded with blanks to a multiple of eight bytes, then one tensor after the other. */
final class SafetensorsWriter {
    private static final int BUFFER_BYTES = 1 << 20;

    private final Map<String, TensorInfo> tensors;
    private final byte[] header;

    /** @throws IllegalArgumentException if a type is not {@link DataType#isReadAsFloats} */
    SafetensorsWriter(Map<String, TensorInfo> tensors, Map<String, String> metadata) {
        this.tensors = new LinkedHashMap<>(tensors);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = json.putObject("__metadata__");
            metadata.forEach(texts::put);
        }
        long begin = 0;
        for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
            begin = describe(json, tensor.getKey(), tensor.getValue(), begin);
        }
        byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
        header = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
        Arrays.fill(header, text.length, header.length, (byte) ' ');
    }

    private static long describe(ObjectNode json, String name, TensorInfo info, long begin) {
        if (!info.dataType().isReadAsFloats() || name.equals("__metadata__")) {
            throw new IllegalArgumentException("tensor " + name + " of type " + info.dataType() + " cannot be written");
        }
        long end = Math.addExact(begin, info.numBytes());
        ObjectNode entry = json.putObject(name).put("dtype", info.dataType().name());
        info.shape().forEach(entry.withArray("shape")::add);
        entry.withArray("data_offsets").add(begin).add(end);
        return end;
    }

    void writeTo(FileChannel channel, FloatSource source) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(header.length);
        JsonFile.writeFully(channel, buffer.flip());
        JsonFile.writeFully(channel, ByteBuffer.wrap(header));
        for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
            TensorInfo info = tensor.getValue();
            float[] values = source.floats(tensor.getKey());
            if (values.length != info.numElements()) {
                throw new IllegalArgumentException("tensor " + tensor.getKey() + " of shape " + info.shape() + " got "
                        + values.length + " values");
            }
            write(channel, buffer, values, info.dataType());
        }
    }

    private static void write(FileChannel channel, ByteBuffer buffer, float[] values, DataType type)
            throws IOException {
        int step = BUFFER_BYTES / type.numBytes();
        for (int begin = 0; begin < values.length; begin += step) {
            buffer.clear();
            FloatCodec.encode(values, begin, Math.min(step, values.length - begin), type, buffer);
            JsonFile.writeFully(channel, buffer.flip());
        }
    }
}
