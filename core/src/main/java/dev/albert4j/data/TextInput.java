package dev.albert4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens text files: UTF-8 strictly, a byte order mark dropped, {@code .gz} unpacked, no record without end. */
final class TextInput {
    /** Longest record, in UTF-16 units: a quote that is never closed must not fill the memory. */
    static final int MAX_RECORD_LENGTH = 64 << 20;

    private TextInput() {}

    /** A file's name without {@code .gz}, in lower case. */
    static String plainName(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    /** The bytes of a file, {@code .gz} unpacked. */
    static InputStream stream(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new DataFormatException(file, 0, "is a directory, a file was expected");
        }
        InputStream in = new BufferedInputStream(bytes(file), 1 << 16);
        try {
            boolean gzip =
                    String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".gz");
            return gzip ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (ZipException | EOFException e) {
            in.close();
            throw damaged(file, e);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** A pipe (standard input, a process substitution) has no position, which the stream of {@link Files} asks for. */
    private static InputStream bytes(Path file) throws IOException {
        boolean isPipe = Files.exists(file) && !Files.isRegularFile(file);
        return isPipe ? new FileInputStream(file.toFile()) : Files.newInputStream(file);
    }

    /** What a packed file that cannot be unpacked is refused with. */
    static DataFormatException damaged(Path file, IOException cause) {
        return new DataFormatException(file, 0, "damaged gzip file (" + cause.getMessage() + ")");
    }

    /** The characters of a file. */
    static BoundedReader open(Path file) throws IOException {
        InputStream in = stream(file);
        try {
            return new BoundedReader(file, decoder(in));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static Reader decoder(InputStream in) throws IOException {
        PushbackInputStream start = new PushbackInputStream(in, 3);
        byte[] mark = start.readNBytes(3);
        boolean byteOrderMark =
                mark.length == 3 && mark[0] == (byte) 0xEF && mark[1] == (byte) 0xBB && mark[2] == (byte) 0xBF;
        if (!byteOrderMark) {
            start.unread(mark);
        }
        return new InputStreamReader(
                start,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    /** Counts lines, and refuses a record that does not end. Used by one thread. */
    static final class BoundedReader extends FilterReader {
        private final Path file;
        private long lines = 1;
        private long sinceRecord;

        private BoundedReader(Path file, Reader in) {
            super(in);
            this.file = file;
        }

        /** Tells that a record was read whole. */
        void recordEnded() {
            sinceRecord = 0;
        }

        @Override
        public int read() throws IOException {
            char[] one = new char[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            int count;
            try {
                count = super.read(buffer, offset, length);
            } catch (MalformedInputException e) {
                throw new DataFormatException(file, 0, "is not valid UTF-8, after line " + lines);
            }
            for (int i = offset; i < offset + count; i++) {
                if (buffer[i] == '\n') {
                    lines++;
                }
            }
            sinceRecord += Math.max(count, 0);
            if (sinceRecord > MAX_RECORD_LENGTH) {
                throw new DataFormatException(
                        file,
                        0,
                        "a record before line " + lines + " is longer than " + MAX_RECORD_LENGTH
                                + " characters: is a quote never closed?");
            }
            return count;
        }
    }
}
