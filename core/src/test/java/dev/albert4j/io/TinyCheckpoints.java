package dev.albert4j.io;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes small checkpoints in the formats that are only read by the library. */
public final class TinyCheckpoints {
    /** A tensor to write. */
    public record Values(List<Integer> shape, float[] values) {}

    private TinyCheckpoints() {}

    static final Map<String, Values> SMALL = Map.of(
            "layer/kernel", new Values(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}),
            "layer/bias", new Values(List.of(3), new float[] {-1, 0.5f, 7}),
            "step", new Values(List.of(), new float[] {9}));

    static float[] small(String name) {
        return Objects.requireNonNull(SMALL.get(name)).values();
    }

    static void tensorFlow(Path prefix) throws IOException {
        tensorFlow(prefix, SMALL);
    }

    static void pyTorch(Path file) throws IOException {
        pyTorch(file, SMALL);
    }

    /** A TensorFlow checkpoint of floats in one shard, with prefix-compressed keys in two blocks. */
    public static void tensorFlow(Path prefix, Map<String, Values> tensors) throws IOException {
        TreeMap<String, byte[]> table = new TreeMap<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        table.put("", message(out -> {
            out.writeInt32(1, 1); // num_shards
            out.writeInt32(2, 0); // little-endian
        }));
        for (Map.Entry<String, Values> tensor : new TreeMap<>(tensors).entrySet()) {
            byte[] bytes = bytes(tensor.getValue().values());
            int offset = data.size();
            table.put(tensor.getKey(), message(out -> {
                out.writeInt32(1, 1); // DT_FLOAT
                out.writeByteArray(2, shape(tensor.getValue().shape()));
                out.writeInt64(4, offset);
                out.writeInt64(5, bytes.length);
                out.writeFixed32(6, masked(bytes));
            }));
            data.writeBytes(bytes);
        }
        Files.write(prefix.resolveSibling(prefix.getFileName() + ".index"), table(table));
        Files.write(prefix.resolveSibling(prefix.getFileName() + ".data-00000-of-00001"), data.toByteArray());
    }

    /** Writes the fields of a message. */
    interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] shape(List<Integer> shape) throws IOException {
        return message(out -> {
            for (int size : shape) {
                out.writeByteArray(2, message(dimension -> dimension.writeInt64(1, size)));
            }
        });
    }

    static byte[] table(TreeMap<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        String middle = new ArrayList<>(entries.keySet()).get(entries.size() / 2);
        TreeMap<String, byte[]> index = new TreeMap<>();
        index.put(entries.headMap(middle).lastKey(), append(file, block(entries.headMap(middle))));
        index.put(entries.lastKey(), append(file, block(entries.tailMap(middle))));
        byte[] metaHandle = append(file, block(Map.of()));
        byte[] indexHandle = append(file, block(index));
        ByteBuffer footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(metaHandle).put(indexHandle).putLong(40, 0xdb4775248b80fb57L);
        file.writeBytes(footer.array());
        return file.toByteArray();
    }

    private static byte[] block(Map<String, byte[]> entries) throws IOException {
        return message(out -> {
            byte[] last = {};
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
                int shared = 0;
                while (shared < Math.min(last.length, key.length) && last[shared] == key[shared]) {
                    shared++;
                }
                out.writeUInt32NoTag(shared);
                out.writeUInt32NoTag(key.length - shared);
                out.writeUInt32NoTag(entry.getValue().length);
                out.write(key, shared, key.length - shared);
                out.write(entry.getValue(), 0, entry.getValue().length);
                last = key;
            }
            out.writeFixed32NoTag(0); // one restart, at 0
            out.writeFixed32NoTag(1);
        });
    }

    private static byte[] append(ByteArrayOutputStream file, byte[] block) throws IOException {
        int offset = file.size();
        byte[] typed = Arrays.copyOf(block, block.length + 1); // type 0: not compressed
        file.writeBytes(typed);
        file.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked(typed))
                .array());
        return message(out -> {
            out.writeUInt64NoTag(offset);
            out.writeUInt64NoTag(block.length);
        });
    }

    static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return SortedTable.mask(crc);
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    /** A PyTorch state dict: an OrderedDict of tensors, each with a storage of its own. */
    public static void pyTorch(Path file, Map<String, Values> tensors) throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        write(pickle, "\u0080\u0002ccollections\nOrderedDict\nq\u0000)Rq\u0001(");
        List<byte[]> storages = new ArrayList<>();
        for (Map.Entry<String, Values> tensor : new TreeMap<>(tensors).entrySet()) {
            text(pickle, tensor.getKey());
            List<Integer> shape = tensor.getValue().shape();
            List<Integer> strides = new ArrayList<>(shape);
            int stride = 1;
            for (int i = shape.size() - 1; i >= 0; i--) {
                strides.set(i, stride);
                stride *= shape.get(i);
            }
            tensor(pickle, storages.size(), stride, shape, strides);
            storages.add(bytes(tensor.getValue().values()));
        }
        write(pickle, "u}X\u0009\u0000\u0000\u0000_metadatah\u0001sb.");
        archive(file, pickle.toByteArray(), storages);
    }

    static void tensor(OutputStream pickle, int key, int elements, List<Integer> shape, List<Integer> strides)
            throws IOException {
        write(pickle, "ctorch._utils\n_rebuild_tensor_v2\n((");
        text(pickle, "storage");
        write(pickle, "ctorch\nFloatStorage\n");
        text(pickle, Integer.toString(key));
        text(pickle, "cpu");
        number(pickle, elements);
        write(pickle, "tQK\u0000(");
        for (int size : shape) {
            number(pickle, size);
        }
        write(pickle, "t(");
        for (int stride : strides) {
            number(pickle, stride);
        }
        write(pickle, "t\u0089ccollections\nOrderedDict\n)RtR");
    }

    static void write(OutputStream out, String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void text(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array());
        out.write(bytes);
    }

    static void number(OutputStream out, int value) throws IOException {
        out.write('J');
        out.write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    static void archive(Path file, byte[] pickle, List<byte[]> storages) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "archive/data.pkl", pickle);
            stored(zip, "archive/byteorder", "little".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < storages.size(); i++) {
                stored(zip, "archive/data/" + i, storages.get(i));
            }
        }
    }

    private static void stored(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
