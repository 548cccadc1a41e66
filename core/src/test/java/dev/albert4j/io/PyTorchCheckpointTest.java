package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchCheckpointTest {
    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void write() throws IOException {
        path = directory.resolve("pytorch_model.bin");
        TinyCheckpoints.pyTorch(path);
    }

    private void readAll() throws IOException {
        try (TensorFile file = PyTorchCheckpoint.open(path)) {
            for (String name : file.tensors().keySet()) {
                if (file.tensors().get(name).dataType().isReadAsFloats()) {
                    file.floats(name);
                }
            }
        }
    }

    private void pickle(String pickle, List<byte[]> storages) throws IOException {
        TinyCheckpoints.archive(path, pickle.getBytes(StandardCharsets.ISO_8859_1), storages);
    }

    @Test
    void tensorsAreRead() throws IOException {
        try (TensorFile file = PyTorchCheckpoint.open(path)) {
            assertThat(file.tensors()).containsOnlyKeys("layer/bias", "layer/kernel", "step");
            for (String name : file.tensors().keySet()) {
                assertThat(file.floats(name)).isEqualTo(TinyCheckpoints.small(name));
            }
        }
    }

    @Test
    void stridedTensorsAreBroughtInOrder() throws IOException {
        assertThat(view(List.of(3, 2), List.of(1, 3), 6)).containsExactly(0, 3, 1, 4, 2, 5);
        assertThat(view(List.of(2, 1, 2), List.of(4, 9, 2), 7)).containsExactly(0, 2, 4, 6);
    }

    private float[] view(List<Integer> shape, List<Integer> strides, int elements) throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        TinyCheckpoints.write(pickle, "}");
        TinyCheckpoints.text(pickle, "x");
        TinyCheckpoints.tensor(pickle, 0, elements, shape, strides);
        TinyCheckpoints.write(pickle, "s.");
        byte[] storage = new byte[elements * 4];
        for (int i = 0; i < elements; i++) {
            int bits = Float.floatToIntBits(i);
            for (int j = 0; j < 4; j++) {
                storage[i * 4 + j] = (byte) (bits >> j * 8);
            }
        }
        TinyCheckpoints.archive(path, pickle.toByteArray(), List.of(storage));
        try (TensorFile file = PyTorchCheckpoint.open(path)) {
            return file.floats("x");
        }
    }

    @Test
    void aViewThatIsLargerThanItsStorageIsRefused() {
        assertThatThrownBy(() -> view(List.of(1000, 1000), List.of(0, 0), 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("does not fit its 4 bytes");
        assertThatThrownBy(() -> view(List.of(2, 2), List.of(2, 2), 4))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("does not fit");
        assertThatThrownBy(() -> view(List.of(-1), List.of(1), 4)).isInstanceOf(ModelFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cos\nsystem\n(X\u0004\u0000\u0000\u0000halttR.",
                "cbuiltins\neval\n(X\u0001\u0000\u0000\u00001tR.",
                "\u008c\u0005posix\u008c\u0006system\u0093.",
                "ctorch._utils\n_rebuild_tensor_v2\n)R.",
                "ccollections\nOrderedDict\n)\u0081.",
                "X\u00ff\u00ff\u00ff\u007fabc.",
                "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007fabc.",
                "(((((((.",
                "tttttt.",
                "h\u0005.",
                "\u008a\u00ff.",
                "}.",
                "]q\u0000h\u0000a.",
                "}]Ns.",
                "}]]s.",
                "NNNNNb.",
                "",
            })
    void aPickleThatIsNoStateDictIsRefused(String pickle) throws IOException {
        pickle(pickle, List.of());
        assertThatThrownBy(this::readAll)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aNameThatIsAskedForIsSaid() throws IOException {
        pickle("cos\nsystem\n)R.", List.of());
        assertThatThrownBy(this::readAll).hasMessageContaining("asks for \"os.system\"");
    }

    @Test
    void aCompressedArchiveIsRefused() throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(new byte[1 << 20]);
        }
        assertThatThrownBy(this::readAll)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("is compressed");
    }

    @Test
    void theFormatFromBefore16IsNamed() throws IOException {
        Files.write(path, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10});
        assertThatThrownBy(this::readAll)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("from before 1.6");
        Files.write(path, new byte[0]);
        assertThatThrownBy(this::readAll)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("not a PyTorch checkpoint");
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(path, Arrays.copyOf(bytes, length));
            assertThatThrownBy(this::readAll).as("%d bytes", length).isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void aFlippedBitGivesTheSameValuesOrIsRefused() throws IOException {
        long seed = 8;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = Files.readAllBytes(path);
        for (int i = 0; i < 1000; i++) {
            byte[] copy = bytes.clone();
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(path, copy);
            try {
                tensorsAreRead();
            } catch (IOException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining(path.toString());
            }
        }
    }

    @Test
    void aRandomPickleIsRefusedOrRead() throws IOException {
        long seed = 9;
        SplittableRandom random = new SplittableRandom(seed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TinyCheckpoints.write(out, "}");
        TinyCheckpoints.text(out, "x");
        TinyCheckpoints.tensor(out, 0, 4, List.of(2, 2), List.of(2, 1));
        TinyCheckpoints.write(out, "s.");
        byte[] pickle = out.toByteArray();
        for (int i = 0; i < 1000; i++) {
            byte[] copy = pickle.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
            }
            TinyCheckpoints.archive(path, copy, List.of(new byte[16]));
            try {
                readAll();
            } catch (ModelFormatException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining(path.toString());
            }
        }
    }
}
