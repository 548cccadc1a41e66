package dev.albert4j.io;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A TensorFlow checkpoint, version 2 (tensorflow/core/util/tensor_bundle): {@code PREFIX.index}, a {@link SortedTable} of
 * protocol buffers that say of each variable its type, shape, shard, offset, size and checksum; and the shards {@code
 * PREFIX.data-00000-of-00001}, …, which hold the values. Variables of text are left out. Thread-safe until closed.
 */
public final class TensorFlowCheckpoint implements TensorFile {
    private static final int MAX_INDEX_BYTES = 64 << 20;
    private static final int MAX_SHARDS = 1000;
    private static final int MAX_DIMENSIONS = 254; // TensorFlow's own limit

    /** BundleEntryProto. */
    private record Entry(TensorInfo info, int shard, long offset, long size, int checksum) {}

    private final Path prefix;
    private final Path index;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<Integer, FileChannel> shards = new LinkedHashMap<>();
    private int numShards = 1;

    private TensorFlowCheckpoint(Path prefix) {
        this.prefix = prefix;
        this.index = prefix.resolveSibling(prefix.getFileName() + ".index");
    }

    /**
     * Reads the index and opens the shards.
     *
     * @param prefix the path of the index without {@code .index}
     * @throws ModelFormatException if the index is damaged, or points outside its shards
     */
    public static TensorFlowCheckpoint open(Path prefix) throws IOException {
        TensorFlowCheckpoint checkpoint = new TensorFlowCheckpoint(prefix);
        try {
            checkpoint.readIndex();
            checkpoint.openShards();
            return checkpoint;
        } catch (IOException | RuntimeException | Error e) {
            try {
                checkpoint.close();
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private void readIndex() throws IOException {
        if (!Files.isRegularFile(index)) {
            throw new NoSuchFileException(index.toString(), null, "there is no such file");
        }
        if (Files.size(index) > MAX_INDEX_BYTES) {
            throw problem("an index of " + Files.size(index) + " bytes, at most " + MAX_INDEX_BYTES + " are read");
        }
        Map<String, byte[]> table = SortedTable.read(index, Files.readAllBytes(index));
        byte[] header = table.remove("");
        if (header == null) {
            throw problem("has no header entry");
        }
        String name = "the header";
        try {
            readHeader(CodedInputStream.newInstance(header));
            for (Map.Entry<String, byte[]> row : table.entrySet()) {
                name = SafetensorsHeader.quote(row.getKey());
                readEntry(row.getKey(), CodedInputStream.newInstance(row.getValue()));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ModelFormatException(index, "the entry of " + name + " is damaged", e);
        }
    }

    /** BundleHeaderProto. */
    private void readHeader(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> numShards = (int) varint(in, tag);
                case 2 -> {
                    if (varint(in, tag) != 0) {
                        throw problem("was written by a big-endian machine");
                    }
                }
                default -> in.skipField(tag);
            }
        }
        if (numShards < 1 || numShards > MAX_SHARDS) {
            throw problem("has " + numShards + " shards, allowed are 1 to " + MAX_SHARDS);
        }
    }

    private void readEntry(String name, CodedInputStream in) throws IOException {
        long typeNumber = 0;
        List<Long> shape = List.of();
        long shard = 0;
        long offset = 0;
        long size = 0;
        int checksum = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> typeNumber = varint(in, tag);
                case 2 -> shape = readShape(CodedInputStream.newInstance(bytes(in, tag)));
                case 3 -> shard = varint(in, tag);
                case 4 -> offset = varint(in, tag);
                case 5 -> size = varint(in, tag);
                case 6 -> checksum = fixed32(in, tag);
                case 7 -> throw problem("variable " + SafetensorsHeader.quote(name) + " is partitioned; join it first");
                default -> in.skipField(tag);
            }
        }
        if (typeNumber == 7) { // text
            return;
        }
        if (shard < 0 || shard >= numShards) {
            throw problem(SafetensorsHeader.quote(name) + " is in shard " + shard + " of " + numShards);
        }
        TensorInfo info = new TensorInfo(type(name, typeNumber), shape);
        checkSize(name, info, offset, size);
        entries.put(name, new Entry(info, (int) shard, offset, size, checksum));
        tensors.put(name, info);
    }

    private void checkSize(String name, TensorInfo info, long offset, long size) throws ModelFormatException {
        long expected;
        try {
            expected = Math.multiplyExact(info.numElements(), info.dataType().numBytes());
        } catch (ArithmeticException e) {
            throw new ModelFormatException(index, SafetensorsHeader.quote(name) + " is too large", e);
        }
        if (offset < 0 || size != expected) {
            throw problem(SafetensorsHeader.quote(name) + " of type " + info.dataType() + " and shape " + info.shape()
                    + " needs " + expected + " bytes, it has " + size + " at " + offset);
        }
    }

    /** TensorShapeProto. */
    private List<Long> readShape(CodedInputStream in) throws IOException {
        List<Long> shape = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) != 2) {
                in.skipField(tag);
                continue;
            }
            long size = 0;
            CodedInputStream dimension = CodedInputStream.newInstance(bytes(in, tag));
            for (int inner = dimension.readTag(); inner != 0; inner = dimension.readTag()) {
                if (WireFormat.getTagFieldNumber(inner) == 1) {
                    size = varint(dimension, inner);
                } else {
                    dimension.skipField(inner);
                }
            }
            if (size < 0 || shape.size() == MAX_DIMENSIONS) {
                throw problem("a shape has a negative dimension or more than " + MAX_DIMENSIONS);
            }
            shape.add(size);
        }
        return shape;
    }

    /** DataType of tensorflow/core/framework/types.proto. */
    private DataType type(String name, long number) throws ModelFormatException {
        return switch ((int) number) {
            case 1 -> DataType.F32;
            case 2 -> DataType.F64;
            case 3 -> DataType.I32;
            case 4 -> DataType.U8;
            case 5 -> DataType.I16;
            case 6 -> DataType.I8;
            case 9 -> DataType.I64;
            case 10 -> DataType.BOOL;
            case 14 -> DataType.BF16;
            case 17 -> DataType.U16;
            case 19 -> DataType.F16;
            case 22 -> DataType.U32;
            case 23 -> DataType.U64;
            default -> throw problem(SafetensorsHeader.quote(name) + " has the unknown data type " + number);
        };
    }

    private long varint(CodedInputStream in, int tag) throws IOException {
        require(tag, WireFormat.WIRETYPE_VARINT);
        return in.readInt64();
    }

    private int fixed32(CodedInputStream in, int tag) throws IOException {
        require(tag, WireFormat.WIRETYPE_FIXED32);
        return in.readFixed32();
    }

    private byte[] bytes(CodedInputStream in, int tag) throws IOException {
        require(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return in.readByteArray();
    }

    private void require(int tag, int wireType) throws ModelFormatException {
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw problem("field " + WireFormat.getTagFieldNumber(tag) + " of an entry has the wrong type");
        }
    }

    private void openShards() throws IOException {
        for (Map.Entry<String, Entry> row : entries.entrySet()) {
            Entry entry = row.getValue();
            FileChannel channel = shards.get(entry.shard());
            if (channel == null) {
                Path file = shard(entry.shard());
                if (!Files.isRegularFile(file)) {
                    throw new NoSuchFileException(file.toString(), null, "there is no such file");
                }
                channel = FileChannel.open(file, StandardOpenOption.READ);
                shards.put(entry.shard(), channel);
            }
            if (entry.size() > channel.size() - entry.offset()) {
                throw new ModelFormatException(
                        shard(entry.shard()),
                        "is truncated: " + SafetensorsHeader.quote(row.getKey()) + " has " + entry.size() + " bytes at "
                                + entry.offset() + ", the file " + channel.size());
            }
        }
    }

    private Path shard(int number) {
        return prefix.resolveSibling(
                String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix.getFileName(), number, numShards));
    }

    private ModelFormatException problem(String text) {
        return new ModelFormatException(index, text);
    }

    @Override
    public Path path() {
        return index;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** {@inheritDoc} The checksum is verified. */
    @Override
    public float[] floats(String name) throws IOException {
        Entry entry = entries.get(name);
        FileChannel channel = entry == null ? null : shards.get(entry.shard());
        if (entry == null || channel == null) {
            throw new IllegalArgumentException(index + " has no variable " + SafetensorsHeader.quote(name));
        }
        Path file = shard(entry.shard());
        int count = MappedNumbers.count(file, name, entry.info());
        CRC32C crc = new CRC32C();
        float[] values =
                MappedNumbers.read(channel, file, entry.offset(), entry.info().dataType(), count, crc);
        if (SortedTable.mask(crc) != entry.checksum()) {
            throw new ModelFormatException(
                    file, SafetensorsHeader.quote(name) + " is damaged: its checksum does not match");
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (FileChannel channel : shards.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
