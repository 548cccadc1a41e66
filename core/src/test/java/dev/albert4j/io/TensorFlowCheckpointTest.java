package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFlowCheckpointTest {
    @TempDir
    Path directory;

    private Path prefix;
    private Path index;
    private Path data;

    @BeforeEach
    void write() throws IOException {
        prefix = directory.resolve("m.ckpt-1");
        index = directory.resolve("m.ckpt-1.index");
        data = directory.resolve("m.ckpt-1.data-00000-of-00001");
        TinyCheckpoints.tensorFlow(prefix);
    }

    private void readAndCompare() throws IOException {
        try (TensorFile file = TensorFlowCheckpoint.open(prefix)) {
            assertThat(file.tensors()).containsOnlyKeys("layer/bias", "layer/kernel", "step");
            assertThat(file.tensors().get("layer/kernel")).isEqualTo(new TensorInfo(DataType.F32, List.of(2L, 3L)));
            for (String name : file.tensors().keySet()) {
                assertThat(file.floats(name)).isEqualTo(TinyCheckpoints.small(name));
            }
        }
    }

    @Test
    void variablesAreRead() throws IOException {
        readAndCompare();
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        for (Path file : List.of(index, data)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length = 0; length < bytes.length; length++) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertThatThrownBy(this::readAndCompare).isInstanceOf(ModelFormatException.class);
            }
            Files.write(file, bytes);
        }
    }

    @Test
    void aFlippedBitIsFoundByTheChecksums() throws IOException {
        long seed = 3;
        SplittableRandom random = new SplittableRandom(seed);
        for (Path file : List.of(index, data)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < 400; i++) {
                byte[] copy = bytes.clone();
                copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, copy);
                try {
                    readAndCompare(); // the footer's filling is not checked by anything, nor does it matter
                } catch (ModelFormatException e) {
                    assertThat(e).as("seed %d", seed).hasMessageContaining("m.ckpt-1");
                }
            }
            Files.write(file, bytes);
        }
    }

    @Test
    void randomEntriesWithRightChecksumsAreRefusedOrRead() throws IOException {
        long seed = 4;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 1000; i++) {
            TreeMap<String, byte[]> table = new TreeMap<>();
            table.put("", random.nextBoolean() ? new byte[0] : bytes(random));
            table.put("a", bytes(random));
            table.put("b", bytes(random));
            Files.write(index, TinyCheckpoints.table(table));
            try (TensorFile file = TensorFlowCheckpoint.open(prefix)) {
                for (String name : file.tensors().keySet()) {
                    file.floats(name);
                }
            } catch (ModelFormatException | NoSuchFileException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("m.ckpt-1");
            }
        }
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(20)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(random.nextBoolean() ? 48 : 256);
        }
        return bytes;
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        Files.delete(data);
        assertThatThrownBy(this::readAndCompare)
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("m.ckpt-1.data-00000-of-00001");
    }

    @Test
    void partitionedVariablesAndOtherShardsAreRefused() throws IOException {
        refused(TinyCheckpoints.message(out -> out.writeByteArray(7, new byte[0])), "partitioned");
        refused(TinyCheckpoints.message(out -> out.writeInt32(3, 1)), "is in shard 1 of 1");
        refused(TinyCheckpoints.message(out -> out.writeInt32(1, 21)), "unknown data type 21");
        refused(TinyCheckpoints.message(out -> out.writeInt32(1, 1)), "needs 4 bytes, it has 0 at 0");
        refused(TinyCheckpoints.message(out -> out.writeFixed32(1, 1)), "has the wrong type");
    }

    private void refused(byte[] entry, String problem) throws IOException {
        TreeMap<String, byte[]> table = new TreeMap<>();
        table.put("", new byte[0]);
        table.put("a", entry);
        Files.write(index, TinyCheckpoints.table(table));
        assertThatThrownBy(() -> TensorFlowCheckpoint.open(prefix).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(problem);
    }
}
