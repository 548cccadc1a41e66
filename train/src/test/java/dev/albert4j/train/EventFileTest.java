package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    @TempDir
    Path directory;

    @Test
    void everyRecordHasItsLengthAndChecksums() throws IOException {
        Path logs = directory.resolve("a/b");
        Path path;
        try (EventFile events = new EventFile(logs)) {
            path = events.path();
            events.start(4);
            events.scalar("train/loss", 4, 0.25);
            events.scalar("dev/accuracy", 1_000_000_000_000L, -3);
        }
        assertThat(path.getFileName().toString()).startsWith("events.out.tfevents.");
        assertThat(events(path))
                .containsExactly(
                        "3=brain.Event:2",
                        "2=4 7={1=1}",
                        "2=4 5={1={1=train/loss 2=0.25}}",
                        "2=1000000000000 5={1={1=dev/accuracy 2=-3.0}}");
    }

    @Test
    void laterFilesComeLaterInTheOrderOfNames() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            try (EventFile events = new EventFile(directory)) {
                names.add(events.path().getFileName().toString());
            }
        }
        assertThat(names).isSorted();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(5);
        }
    }

    @Test
    void theChecksumIsMaskedAsTensorFlowDoes() {
        // RFC 3720 B.4: the CRC32C of 32 zero bytes is 8a9136aa
        assertThat(EventFile.maskedChecksum(new byte[34], 1, 32))
                .isEqualTo(((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) + 0xa282ead8);
    }

    /** The records of an event file, without their times: field=value. */
    static List<String> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<String> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int begin = bytes.position();
            int length = Math.toIntExact(bytes.getLong());
            assertThat(bytes.getInt()).isEqualTo(EventFile.maskedChecksum(bytes.array(), begin, 8));
            byte[] event = new byte[length];
            bytes.get(event);
            assertThat(bytes.getInt()).isEqualTo(EventFile.maskedChecksum(event, 0, length));
            assertThat(event[0]).as("tag of wall_time").isEqualTo((byte) 9);
            events.add(fields(event, 9));
        }
        return events;
    }

    private static String fields(byte[] message, int begin) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message, begin, message.length - begin);
        List<String> fields = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            String value = switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_VARINT -> Long.toString(in.readInt64());
                case WireFormat.WIRETYPE_FIXED32 -> Float.toString(in.readFloat());
                default -> {
                    byte[] part = in.readByteArray();
                    String text = new String(part, StandardCharsets.UTF_8);
                    yield text.matches("[a-zA-Z/:._0-9]+") ? text : "{" + fields(part, 0) + "}";
                }
            };
            fields.add((tag >>> 3) + "=" + value);
        }
        return String.join(" ", fields);
    }
}
