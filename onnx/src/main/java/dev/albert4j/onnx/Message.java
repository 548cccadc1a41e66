package dev.albert4j.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message of which the field numbers are known and no classes are generated: fields are added in order and written when all
 * are there. Large arrays are held as they are and turned into bytes while writing. Not thread-safe.
 */
final class Message {
    /** What writes a field's bytes. */
    @FunctionalInterface
    private interface Content {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    /** A field with its tag. */
    private record Field(long size, Content content) {}

    private final List<Field> fields = new ArrayList<>();

    Message add(int number, long value) {
        byte[] encoded = new byte[CodedOutputStream.computeInt64Size(number, value)];
        return encoded(encoded, out -> out.writeInt64(number, value));
    }

    Message add(int number, float value) {
        byte[] encoded = new byte[CodedOutputStream.computeFloatSize(number, value)];
        return encoded(encoded, out -> out.writeFloat(number, value));
    }

    Message add(int number, String value) {
        return add(number, value.getBytes(StandardCharsets.UTF_8));
    }

    Message add(int number, byte[] value) {
        return delimited(number, value.length, out -> out.writeRawBytes(value));
    }

    /** A field of bytes: the values in little-endian order. */
    Message add(int number, float[] values) {
        return delimited(number, 4L * values.length, out -> {
            for (float value : values) {
                out.writeFixed32NoTag(Float.floatToRawIntBits(value));
            }
        });
    }

    /** A message inside this one; it must not change any more. */
    Message add(int number, Message value) {
        return delimited(number, value.size(), value::writeFields);
    }

    /** Bytes of all fields. */
    long size() {
        return fields.stream().mapToLong(Field::size).sum();
    }

    /** Writes the fields and flushes. */
    void writeTo(CodedOutputStream out) throws IOException {
        writeFields(out);
        out.flush();
    }

    /** The fields as they are written. */
    byte[] toBytes() {
        byte[] bytes = new byte[Math.toIntExact(size())];
        try {
            writeTo(CodedOutputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new AssertionError("a message did not fit the bytes computed for it", e);
        }
        return bytes;
    }

    private void writeFields(CodedOutputStream out) throws IOException {
        for (Field field : fields) {
            field.content().writeTo(out);
        }
    }

    private Message encoded(byte[] bytes, Content content) {
        try {
            content.writeTo(CodedOutputStream.newInstance(bytes));
        } catch (IOException e) {
            throw new AssertionError("a field did not fit the bytes computed for it", e);
        }
        fields.add(new Field(bytes.length, out -> out.writeRawBytes(bytes)));
        return this;
    }

    private Message delimited(int number, long length, Content content) {
        long head = CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(length);
        fields.add(new Field(head + length, out -> {
            out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt64NoTag(length);
            content.writeTo(out);
        }));
        return this;
    }
}
