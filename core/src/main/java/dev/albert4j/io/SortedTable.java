package dev.albert4j.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A sorted string table as LevelDB and TensorFlow write it (tensorflow/core/lib/io/table_format.txt).
 *
 * <p>The file is a sequence of blocks, each followed by one byte of compression type and four of masked CRC-32C, and ends with
 * a footer of 48 bytes: the handles (offset, size; varints) of the metaindex block and of the index block, blanks, and a magic
 * number. The index block's values are the handles of the data blocks. A block holds entries {shared key bytes, unshared key
 * bytes, value bytes: varints; key rest; value} and ends with the restart offsets and their count, four bytes each.
 */
final class SortedTable {
    private static final int FOOTER_BYTES = 48;
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int TRAILER_BYTES = 5;
    private static final int MAX_KEY_BYTES = 1 << 12;
    private static final long MAX_ALL_KEY_BYTES = 1 << 26; // shared prefixes could make far more of a small file

    private final Path file;
    private final ByteBuffer bytes;
    private long allKeyBytes;

    private SortedTable(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * All entries in order.
     *
     * @throws ModelFormatException if the table is damaged; checksums are verified
     */
    static Map<String, byte[]> read(Path file, byte[] bytes) throws ModelFormatException {
        return new SortedTable(file, bytes).entries();
    }

    private Map<String, byte[]> entries() throws ModelFormatException {
        int footer = bytes.capacity() - FOOTER_BYTES;
        if (footer < 0 || bytes.getLong(bytes.capacity() - Long.BYTES) != MAGIC) {
            throw problem("is not the index of a TensorFlow checkpoint, or it is truncated");
        }
        ByteBuffer handles = bytes.slice(footer, FOOTER_BYTES - Long.BYTES);
        block(handles); // the metaindex, which TensorFlow leaves empty
        Map<String, byte[]> index = new LinkedHashMap<>();
        addEntries(block(handles), index);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (byte[] handle : index.values()) {
            addEntries(block(ByteBuffer.wrap(handle)), entries);
        }
        return entries;
    }

    /** The content of the block that the next two varints point to. */
    private ByteBuffer block(ByteBuffer handle) throws ModelFormatException {
        long offset = varint(handle);
        long size = varint(handle);
        long limit = bytes.capacity() - FOOTER_BYTES - TRAILER_BYTES;
        if (offset < 0 || size < 0 || offset > limit || size > limit - offset) {
            throw problem("a block at " + offset + " of " + size + " bytes lies outside the file");
        }
        int end = (int) (offset + size);
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice((int) offset, (int) size + 1));
        if (mask(crc) != bytes.getInt(end + 1)) {
            throw problem("the block at " + offset + " is damaged: its checksum does not match");
        }
        if (bytes.get(end) != 0) {
            throw problem("the block at " + offset + " is compressed (type " + bytes.get(end)
                    + "); only uncompressed indexes are read");
        }
        return bytes.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void addEntries(ByteBuffer block, Map<String, byte[]> into) throws ModelFormatException {
        int tail = block.capacity() - Integer.BYTES;
        int restarts = tail < 0 ? -1 : block.getInt(tail);
        if (restarts < 0 || restarts > tail / Integer.BYTES) {
            throw problem("a block of " + block.capacity() + " bytes has " + restarts + " restarts");
        }
        block.limit(tail - restarts * Integer.BYTES);
        byte[] key = {};
        while (block.hasRemaining()) {
            long shared = varint(block);
            long rest = varint(block);
            long value = varint(block);
            boolean sane = shared >= 0 && shared <= key.length && rest >= 0 && rest <= MAX_KEY_BYTES && value >= 0;
            if (!sane || rest + value > block.remaining() || shared + rest > MAX_KEY_BYTES) {
                throw problem("an entry of " + shared + " + " + rest + " + " + value + " bytes does not fit its block");
            }
            allKeyBytes += shared + rest;
            if (allKeyBytes > MAX_ALL_KEY_BYTES) {
                throw problem("its names take more than " + MAX_ALL_KEY_BYTES + " bytes");
            }
            key = Arrays.copyOf(key, (int) (shared + rest));
            block.get(key, (int) shared, (int) rest);
            byte[] content = new byte[(int) value];
            block.get(content);
            if (into.put(new String(key, StandardCharsets.UTF_8), content) != null) {
                throw problem("a name occurs twice");
            }
        }
    }

    private long varint(ByteBuffer buffer) throws ModelFormatException {
        long value = 0;
        for (int shift = 0; shift < 63 && buffer.hasRemaining(); shift += 7) {
            byte next = buffer.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw problem("a number is damaged");
    }

    /** TensorFlow's checksums are rotated and shifted, so that checksums of checksums differ. */
    static int mask(CRC32C crc) {
        int value = (int) crc.getValue();
        return (value >>> 15 | value << 17) + 0xa282ead8;
    }

    private ModelFormatException problem(String text) {
        return new ModelFormatException(file, text);
    }
}
