package dev.albert4j.train;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * An event file that TensorBoard shows: numbers by name and step. Every record is on its way to the disk when its call
 * returns, so that a running or killed training can be looked at. Not thread-safe.
 *
 * <p>A record is framed as in TensorFlow's {@code record_writer.cc}: length (8 bytes, little-endian), masked CRC32C of these,
 * the bytes, masked CRC32C of those. The bytes are an {@code Event} of TensorFlow's {@code event.proto}.
 */
public final class EventFile implements Closeable {
    private static final int WALL_TIME = 1; // numbers of Event's fields
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int VALUE = 1; // of Summary
    private static final int TAG = 1; // of Summary.Value
    private static final int SIMPLE_VALUE = 2;
    private static final int STATUS = 1; // of SessionLog
    private static final int START = 1; // a status
    private static final int MASK_DELTA = 0xa282ead8;

    private final OutputStream out;
    private final Path path;

    /**
     * Begins a new file in a directory, which is made where it is missing. Files that are there stay: TensorBoard reads them
     * in the order of their names, which is that of their times.
     */
    public EventFile(Path directory) throws IOException {
        Files.createDirectories(directory);
        Instant now = Instant.now();
        path = directory.resolve(
                String.format(Locale.ROOT, "events.out.tfevents.%010d.%09d", now.getEpochSecond(), now.getNano()));
        out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        write(event -> event.writeString(FILE_VERSION, "brain.Event:2"));
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** Says that the run begins at this step: TensorBoard then forgets what older files have from this step on. */
    public void start(long step) throws IOException {
        byte[] log = message(session -> session.writeEnum(STATUS, START));
        write(event -> {
            event.writeInt64(STEP, step);
            event.writeByteArray(SESSION_LOG, log);
        });
    }

    /** Writes a number; names may have parts, {@code train/loss}. */
    public void scalar(String name, long step, double value) throws IOException {
        byte[] entry = message(scalar -> {
            scalar.writeString(TAG, name);
            scalar.writeFloat(SIMPLE_VALUE, (float) value);
        });
        byte[] summary = message(values -> values.writeByteArray(VALUE, entry));
        write(event -> {
            event.writeInt64(STEP, step);
            event.writeByteArray(SUMMARY, summary);
        });
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Writes the fields of a message. */
    @FunctionalInterface
    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream coded = CodedOutputStream.newInstance(bytes);
        fields.writeTo(coded);
        coded.flush();
        return bytes.toByteArray();
    }

    private void write(Fields fields) throws IOException {
        byte[] event = message(coded -> {
            coded.writeDouble(WALL_TIME, System.currentTimeMillis() * 1e-3);
            fields.writeTo(coded);
        });
        ByteBuffer record = ByteBuffer.allocate(16 + event.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(event.length);
        record.putInt(maskedChecksum(record.array(), 0, 8));
        record.put(event);
        record.putInt(maskedChecksum(record.array(), 12, event.length));
        out.write(record.array()); // in one piece, so that a reader seldom sees half a record
    }

    /** As TensorFlow's {@code crc32c.h} masks it: a checksum of data that hold checksums would be weak. */
    static int maskedChecksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }
}
