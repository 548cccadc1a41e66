package dev.albert4j.data;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of strict UTF-8, one at a time: a byte order mark is dropped, and a line that is not UTF-8 or longer than
 * 64 MiB is refused with its number. Lines end with LF or CR LF. Used by one thread.
 */
public final class LineReader implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 64 << 20;

    private final InputStream in;
    private final Path name;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what it cannot decode
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private long line;

    /**
     * @param in where the bytes come from; closed with the reader
     * @param name what to call it in errors
     */
    public LineReader(InputStream in, Path name) {
        this.in = in;
        this.name = name;
    }

    /** Opens a file, {@code .gz} unpacked. */
    public static LineReader open(Path file) throws IOException {
        return new LineReader(TextInput.stream(file), file);
    }

    /** The number of the line last read, from 1. */
    public long lineNumber() {
        return line;
    }

    /** Whether {@link #next} finds something to read, and need not wait for who writes it. */
    public boolean isReady() throws IOException {
        return position < limit || in.available() > 0;
    }

    /** The next line without its end, or null after the last. */
    public @Nullable String next() throws IOException {
        ByteArrayOutputStream longLine = null;
        while (true) {
            if (position == limit && !fill()) {
                return longLine == null ? null : decode(longLine.toByteArray(), 0, longLine.size());
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            int start = position;
            position = end;
            if (end < limit && longLine == null) {
                position = end + 1;
                return decode(buffer, start, end - start);
            }
            longLine = longLine == null ? new ByteArrayOutputStream(1 << 17) : longLine;
            longLine.write(buffer, start, end - start);
            if (longLine.size() > MAX_LINE_BYTES) {
                throw new DataFormatException(name, line + 1, "is longer than " + MAX_LINE_BYTES + " bytes");
            }
            if (end < limit) {
                position = end + 1;
                return decode(longLine.toByteArray(), 0, longLine.size());
            }
        }
    }

    private boolean fill() throws IOException {
        try {
            limit = Math.max(0, in.read(buffer));
        } catch (ZipException | EOFException e) {
            throw TextInput.damaged(name, e);
        }
        position = 0;
        return limit > 0;
    }

    private String decode(byte[] bytes, int offset, int length) throws DataFormatException {
        line++;
        int end = offset + length;
        if (length > 0 && bytes[end - 1] == '\r') {
            end--;
        }
        try {
            String text =
                    decoder.decode(ByteBuffer.wrap(bytes, offset, end - offset)).toString();
            return line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new DataFormatException(name, line, "is not valid UTF-8");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
