package dev.albert4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads numbers from a region of a file through memory maps, of any size, without a second copy on the heap. */
final class MappedNumbers {
    /** The longest array every JVM can make. */
    static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private static final int ELEMENTS_PER_MAP = 1 << 26;

    private MappedNumbers() {}

    /** How many elements a tensor has, for an array. */
    static int count(Path file, String name, TensorInfo info) throws ModelFormatException {
        if (!info.dataType().isReadAsFloats()) {
            throw new ModelFormatException(
                    file,
                    name + " is of type " + info.dataType() + "; only F32, F16, BF16, F64 and I8 are read as floats");
        }
        long count = info.numElements();
        if (count > MAX_ELEMENTS) {
            throw new ModelFormatException(file, name + " has " + count + " elements, at most " + MAX_ELEMENTS);
        }
        return (int) count;
    }

    /**
     * Reads little-endian numbers.
     *
     * @param position of the first byte; the caller has made sure that the region lies in the file
     * @param checksum is updated with the bytes read, if given
     */
    static float[] read(
            FileChannel channel, Path file, long position, DataType type, int count, @Nullable CRC32C checksum)
            throws IOException {
        float[] values = new float[count];
        read(channel, file, position, type.numBytes(), count, ELEMENTS_PER_MAP, (map, begin, elements) -> {
            if (checksum != null) {
                checksum.update(map.duplicate());
            }
            FloatCodec.decode(map, type, values, begin, elements);
        });
        return values;
    }

    /** The same in blocks of so many numbers, of which the last may be smaller, without an array for all. */
    static void readBlocks(
            FileChannel channel, Path file, long position, DataType type, int count, int blockSize, FloatSink sink)
            throws IOException {
        float[] block = new float[Math.min(blockSize, count)];
        int blocksPerMap = Math.max(1, ELEMENTS_PER_MAP / blockSize);
        int perMap = Math.multiplyExact(blocksPerMap, blockSize);
        read(channel, file, position, type.numBytes(), count, perMap, (map, begin, elements) -> {
            for (int done = 0; done < elements; done += block.length) {
                int size = Math.min(block.length, elements - done);
                FloatCodec.decode(map, type, block, 0, size);
                sink.accept(block, begin + done, size);
            }
        });
    }

    /** Reads bytes as they are. */
    static byte[] readBytes(FileChannel channel, Path file, long position, int count) throws IOException {
        byte[] values = new byte[count];
        read(
                channel,
                file,
                position,
                Byte.BYTES,
                count,
                ELEMENTS_PER_MAP,
                (map, begin, elements) -> map.get(values, begin, elements));
        return values;
    }

    /** Takes some elements, from number {@code begin} on, out of a map of their bytes. */
    @FunctionalInterface
    private interface Elements {
        void take(ByteBuffer map, int begin, int elements);
    }

    private static void read(
            FileChannel channel,
            Path file,
            long position,
            int bytesOfElement,
            int count,
            int elementsPerMap,
            Elements reader)
            throws IOException {
        for (int begin = 0; begin < count; begin += elementsPerMap) {
            int elements = Math.min(elementsPerMap, count - begin);
            long from = position + (long) begin * bytesOfElement;
            long bytes = (long) elements * bytesOfElement;
            if (from + bytes > channel.size()) { // mapping beyond the end would make the JVM fault
                throw new ModelFormatException(file, "was cut short while it was open");
            }
            try {
                MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, from, bytes);
                reader.take(map.order(ByteOrder.LITTLE_ENDIAN), begin, elements);
            } catch (InternalError e) { // how the JVM reports a mapped page that is gone
                throw new ModelFormatException(file, "was cut short while it was read", e);
            }
        }
    }
}
