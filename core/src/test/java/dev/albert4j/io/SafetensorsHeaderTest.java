package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hostile and damaged headers. */
class SafetensorsHeaderTest {
    @TempDir
    Path directory;

    private Path file(long headerBytes, byte[] header, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                directory.resolve("x.safetensors"),
                bytes.putLong(headerBytes).put(header).array());
    }

    private Path file(String json, int dataBytes) throws IOException {
        byte[] header = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return file(header.length, header, dataBytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                                                    | 0 | not a JSON object",
                "{'a                                                                    | 0 | not valid JSON",
                "{}{}                                                                  | 0 | goes on after",
                "{'a':1}                                                               | 0 | is not an object",
                "{'a':{}}                                                              | 0 | lacks one of",
                "{'a':{'dtype':'F32','shape':[1]}}                                     | 4 | lacks one of",
                "{'a':{'dtype':'F31','shape':[1],'data_offsets':[0,4]}}                | 4 | has dtype \"F31\"",
                "{'a':{'dtype':[],'shape':[1],'data_offsets':[0,4]}}                   | 4 | has dtype no name",
                "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}                  | 4 | shape is not an array",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}               | 4 | not a number from 0",
                "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}              | 4 | not a number from 0",
                "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}} | 4 | not a number from 0",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | 4 | is too large",
                "{'a':{'dtype':'F32','shape':[4611686018427387904],'data_offsets':[0,4]}} | 4 | is too large",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}                | 4 | not a begin and an end",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}                  | 4 | not a begin and an end",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,3]}}                | 3 | needs 4 bytes",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}                | 3 | it is truncated",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}                | 5 | the file holds 5",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[1,5]}}                | 5 | nor leave gaps",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[9223372036854775803,9223372036854775807]}} | 4 | nor leave gaps",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[4],'data_offsets':[3,7]}} | 7 | neither overlap",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}} | 4 | neither overlap",
                "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}} | 1 | Duplicate",
                "{'a':{'dtype':'U8','dtype':'U8','shape':[1],'data_offsets':[0,1]}}    | 1 | Duplicate",
                "{'__metadata__':{'a':1}}                                              | 0 | is not a string",
                "{'__metadata__':'a'}                                                  | 0 | is not an object",
                "{'a':{'dtype':'U8','x':[[1]]}}                                         | 0 | unknown field \"x\"",
            })
    void aBadHeaderIsRefused(String json, int dataBytes, String problem) throws IOException {
        Path file = file(json.strip(), dataBytes);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem.strip())
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-1", "100000001", "9223372036854775807", "-9223372036854775808", "99999999", "17"})
    void aHeaderLengthBeyondTheFileOrTheLimitIsRefused(long headerBytes) throws IOException {
        Path file = file(headerBytes, new byte[] {'{', '}'}, 0);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("header of " + Long.toUnsignedString(headerBytes) + " bytes in a file of 10");
    }

    @Test
    void aHeaderThatIsNotUtf8IsRefused() throws IOException {
        Path file = file(5, new byte[] {'{', '"', (byte) 0xff, '"', '}'}, 0);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void longMetadataIsRefused() throws IOException {
        StringBuilder json = new StringBuilder("{'__metadata__':{");
        for (int i = 0; i < 200_000; i++) {
            json.append("'").append(i).append("':'',");
        }
        Path file = file(json + "'x':''}}", 0);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("__metadata__ is longer than 16777216 characters");
    }

    @Test
    void tooManyDimensionsAreRefused() throws IOException {
        Path file = file("{'a':{'dtype':'U8','shape':[" + "1,".repeat(64) + "1],'data_offsets':[0,1]}}", 1);
        assertThatThrownBy(() -> Safetensors.open(file).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("more than 64");
    }

    @Test
    void tensorsInAnyOrderAndUnalignedAreRead() throws IOException {
        Path path = file(
                "{'b':{'dtype':'F32','shape':[1],'data_offsets':[3,7]},"
                        + "'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},"
                        + "'n':{'dtype':'F32','shape':[0],'data_offsets':[3,3]}}   ",
                7);
        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.tensors()).containsOnlyKeys("b", "a", "n");
            assertThat(file.floats("b")).containsExactly(0);
            assertThat(file.floats("n")).isEmpty();
        }
    }
}
