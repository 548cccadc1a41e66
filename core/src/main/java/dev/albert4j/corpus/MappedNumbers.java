package dev.albert4j.corpus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of whole numbers of one width, little-endian, of any length, mapped into memory. Immutable and thread-safe. The mapping
 * ends when nobody refers to it any more.
 */
final class MappedNumbers {
    private static final int WINDOW_BITS = 30; // bytes; a multiple of every width

    private final ByteBuffer[] windows;
    private final int widthBits;
    private final long size;

    private MappedNumbers(ByteBuffer[] windows, int widthBits, long size) {
        this.windows = windows;
        this.widthBits = widthBits;
        this.size = size;
    }

    /** @param width bytes of a number: 2, 4 or 8 */
    static MappedNumbers open(Path file, int width) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long bytes = channel.size();
            ByteBuffer[] windows = new ByteBuffer[Math.toIntExact((bytes + (1L << WINDOW_BITS) - 1) >> WINDOW_BITS)];
            for (int i = 0; i < windows.length; i++) {
                long begin = (long) i << WINDOW_BITS;
                long length = Math.min(1L << WINDOW_BITS, bytes - begin);
                windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, begin, length)
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            return new MappedNumbers(windows, Integer.numberOfTrailingZeros(width), bytes / width);
        }
    }

    /** How many there are. */
    long size() {
        return size;
    }

    /** One of the numbers; those of two bytes are unsigned. */
    long get(long index) {
        long at = index << widthBits;
        ByteBuffer window = windows[(int) (at >> WINDOW_BITS)];
        int offset = (int) (at & ((1L << WINDOW_BITS) - 1));
        return switch (widthBits) {
            case 1 -> window.getShort(offset) & 0xFFFF;
            case 2 -> window.getInt(offset);
            default -> window.getLong(offset);
        };
    }

    /** The checksum of the file's bytes. */
    long crc32c() {
        CRC32C crc = new CRC32C();
        for (ByteBuffer window : windows) {
            crc.update(window.duplicate().rewind());
        }
        return crc.getValue();
    }
}
