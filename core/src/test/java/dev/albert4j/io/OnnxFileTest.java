package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Initializers of small ONNX models made by hand. */
class OnnxFileTest {
    @TempDir
    Path directory;

    @Test
    void kernelsAreTurnedRoundAndBytesAreScaledByTheirRow() throws IOException {
        Path path = model(
                tensor("a.kernel", 1, floats(1, 2, 3, 4, 5, 6), 2, 3),
                tensor("b.kernel_quantized", 3, new byte[] {1, -2, 3, 4}, 2, 2),
                tensor("b.kernel_scale", 1, floats(0.5f, 10), 2),
                tensor("c.bias", 1, floats(7), 1),
                tensor("[0, 1]", 7, new byte[16], 2),
                tensor("0.5", 1, floats(0.5f)));
        try (OnnxFile file = OnnxFile.open(path)) {
            assertThat(file.tensors().keySet()).containsExactly("a.weight", "b.weight", "c.bias");
            assertThat(file.tensors().get("a.weight")).isEqualTo(new TensorInfo(DataType.F32, List.of(3L, 2L)));
            assertThat(file.floats("a.weight")).containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(file.floats("b.weight")).containsExactly(0.5f, 1.5f, -20, 40);
            assertThat(file.floats("c.bias")).containsExactly(7);
            assertThat(file.isQuantized()).isTrue();
        }
    }

    @Test
    void arraysThatDoNotFitTheirShapeAreNamed() throws IOException {
        for (byte[] wrong : List.of(
                tensor("x", 1, floats(1, 2), 3),
                tensor("x", 1, floats(1, 2), -2),
                tensor("x", 1, floats(1), 1L << 40, 1L << 40),
                tensor("x", 11, new byte[8], 1),
                tensor("x", 3, new byte[4], 4))) {
            assertRefused(model(wrong), "x ");
        }
        assertRefused(model(tensor("x", 1, floats(1), 1), tensor("x", 1, floats(1), 1)), "two initializers x");
    }

    @Test
    void everyTruncatedFileIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(model(tensor("x", 1, floats(1, 2, 3), 3)));
        for (int length = 1; length < whole.length; length++) {
            Path path = directory.resolve("cut.onnx");
            Files.write(path, Arrays.copyOf(whole, length));
            assertRefused(path, "is no ONNX model, or a damaged one");
        }
    }

    private static void assertRefused(Path path, String problem) {
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> OnnxFile.open(path).close())
                .withMessageContaining(path.toString())
                .withMessageContaining(problem);
    }

    private Path model(byte[]... tensors) throws IOException {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(graph);
        for (byte[] tensor : tensors) {
            out.writeByteArray(5, tensor);
        }
        out.flush();
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        out = CodedOutputStream.newInstance(model);
        out.writeByteArray(7, graph.toByteArray());
        out.flush();
        return Files.write(directory.resolve("made.onnx"), model.toByteArray());
    }

    private static byte[] tensor(String name, int type, byte[] data, long... shape) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (long dimension : shape) {
            out.writeInt64(1, dimension);
        }
        out.writeInt32(2, type);
        out.writeString(8, name);
        out.writeByteArray(9, data);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
