package dev.albert4j.corpus;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Writes the file that {@link MappedNumbers} reads. Not thread-safe. */
final class NumberWriter implements Closeable {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private final int width;
    private long size;

    /** @param width bytes of a number: 2, 4 or 8 */
    NumberWriter(Path file, int width) throws IOException {
        this.width = width;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    void add(long number) throws IOException {
        if (buffer.remaining() < width) {
            drain();
        }
        switch (width) {
            case 2 -> buffer.putShort((short) number);
            case 4 -> buffer.putInt((int) number);
            default -> buffer.putLong(number);
        }
        size++;
    }

    /** How many there are. */
    long size() {
        return size;
    }

    private void drain() throws IOException {
        buffer.flip();
        crc.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Puts everything on the disk; gives the checksum of the file's bytes. */
    long finish() throws IOException {
        drain();
        channel.force(true);
        return crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
