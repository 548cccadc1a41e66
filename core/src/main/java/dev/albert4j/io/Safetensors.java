package dev.albert4j.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A <a href="https://github.com/huggingface/safetensors">safetensors</a> file: eight bytes with the length n of the header,
 * little-endian; n bytes of JSON, {@code {"name": {"dtype", "shape", "data_offsets": [begin, end]}, …, "__metadata__": {…}}};
 * then the tensors' bytes, little-endian, row-major, without gaps.
 *
 * <p>Values are read through memory maps; files may exceed 2 GB. Thread-safe until closed.
 */
public final class Safetensors implements TensorFile {
    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataBegin;
    private final Map<String, TensorInfo> tensors;

    private Safetensors(Path file, FileChannel channel, SafetensorsHeader header, long dataBegin) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.dataBegin = dataBegin;
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> infos.put(name, entry.info()));
        this.tensors = Collections.unmodifiableMap(infos);
    }

    /**
     * Reads and checks the header.
     *
     * @throws ModelFormatException if the file is truncated, damaged or hostile
     */
    public static Safetensors open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return open(file, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static Safetensors open(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (prefix.hasRemaining() && channel.read(prefix) >= 0) {} // until eight bytes or the end
        if (prefix.hasRemaining()) {
            throw new ModelFormatException(file, size + " bytes are too few for a safetensors file");
        }
        long headerBytes = prefix.getLong(0);
        if (headerBytes < 2 || headerBytes > SafetensorsHeader.MAX_BYTES || headerBytes > size - Long.BYTES) {
            throw new ModelFormatException(
                    file,
                    "header of " + Long.toUnsignedString(headerBytes) + " bytes in a file of " + size
                            + ": not a safetensors file, or a truncated one");
        }
        long dataBegin = Long.BYTES + headerBytes;
        InputStream in = new FirstBytes(Channels.newInputStream(channel), headerBytes);
        SafetensorsHeader header = SafetensorsHeader.read(file, in, size - dataBegin);
        return new Safetensors(file, channel, header, dataBegin);
    }

    /**
     * Writes floats, one tensor at a time, whole or not at all.
     *
     * @param tensors names, stored types ({@link DataType#isReadAsFloats}) and shapes, in the order of the file
     * @param source gives each tensor's values when its turn comes
     * @param metadata free text; Hugging Face expects {@code format=pt}
     */
    public static void write(
            Path file, Map<String, TensorInfo> tensors, FloatSource source, Map<String, String> metadata)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(tensors, metadata);
        WholeFile.write(file, channel -> writer.writeTo(channel, source));
    }

    /**
     * Writes floats as Hugging Face does: as {@code model.safetensors}, or where that would be larger than {@code maxShardBytes} as
     * {@code model-00001-of-0000N.safetensors} and so on, with {@code model.safetensors.index.json}. A tensor is never cut: a larger
     * one has a file of its own.
     *
     * @param directory that holds no such files yet
     * @throws IllegalArgumentException if these were more than {@value ShardedTensors#MAX_SHARDS} files
     */
    public static void writeShards(
            Path directory,
            Map<String, TensorInfo> tensors,
            FloatSource source,
            Map<String, String> metadata,
            long maxShardBytes)
            throws IOException {
        ShardWriter.write(directory, tensors, source, metadata, maxShardBytes);
    }

    /** The free text of the header. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public float[] floats(String name) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        TensorInfo info = entry.info();
        int count = MappedNumbers.count(file, name, info);
        return MappedNumbers.read(channel, file, dataBegin + entry.begin(), info.dataType(), count, null);
    }

    @Override
    public void readBlocks(String name, int blockSize, FloatSink sink) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        TensorInfo info = entry.info();
        int count = MappedNumbers.count(file, name, info);
        MappedNumbers.readBlocks(channel, file, dataBegin + entry.begin(), info.dataType(), count, blockSize, sink);
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(file + " has no tensor " + SafetensorsHeader.quote(name));
        }
        return entry;
    }

    @Override
    public byte[] bytes(String name) throws IOException {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null || entry.info().dataType() != DataType.I8) {
            throw new IllegalArgumentException(
                    file + " has no tensor " + SafetensorsHeader.quote(name) + " of type I8");
        }
        int count = MappedNumbers.count(file, name, entry.info());
        return MappedNumbers.readBytes(channel, file, dataBegin + entry.begin(), count);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The first bytes of a stream. */
    private static final class FirstBytes extends FilterInputStream {
        private long left;

        FirstBytes(InputStream in, long count) {
            super(in);
            this.left = count;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }

        @Override
        public void close() {} // the file stays open for the data
    }
}
