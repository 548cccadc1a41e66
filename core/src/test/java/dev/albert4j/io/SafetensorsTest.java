package dev.albert4j.io;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
    private static final Map<String, float[]> VALUES = new LinkedHashMap<>();
    private static final Map<String, List<Long>> SHAPES = new LinkedHashMap<>();

    static {
        put("zeta", List.of(2L, 3L), 1, -2, 3.5f, 0, Float.MIN_VALUE, Float.POSITIVE_INFINITY);
        put("alpha", List.of(), 42);
        put("empty", List.of(3L, 0L));
        put("größe", List.of(1L), 0.5f);
    }

    @TempDir
    Path directory;

    private static void put(String name, List<Long> shape, float... values) {
        VALUES.put(name, values);
        SHAPES.put(name, shape);
    }

    private Path written(DataType type) throws IOException {
        Path file = directory.resolve(type + ".safetensors");
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        SHAPES.forEach((name, shape) -> tensors.put(name, new TensorInfo(type, shape)));
        Safetensors.write(file, tensors, name -> requireNonNull(VALUES.get(name)), Map.of("format", "pt"));
        return file;
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        try (Safetensors file = Safetensors.open(written(DataType.F32))) {
            assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
            assertThat(file.tensors().keySet()).containsExactlyElementsOf(VALUES.keySet());
            for (String name : VALUES.keySet()) {
                assertThat(file.tensors().get(name))
                        .isEqualTo(new TensorInfo(DataType.F32, requireNonNull(SHAPES.get(name))));
                assertThat(file.floats(name)).isEqualTo(VALUES.get(name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "F64"})
    void blocksAreTheWholeInPieces(DataType type) throws IOException {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 8f;
        }
        Path path = directory.resolve("blocks.safetensors");
        Safetensors.write(path, Map.of("a", new TensorInfo(type, List.of(10L, 100L))), name -> values, Map.of());
        try (Safetensors file = Safetensors.open(path)) {
            for (int blockSize : new int[] {1, 7, 500, 1000, 5000}) {
                float[] read = new float[values.length];
                List<Integer> sizes = new ArrayList<>();
                file.readBlocks("a", blockSize, (block, begin, count) -> {
                    assertThat(begin).isEqualTo(sizes.size() * blockSize);
                    System.arraycopy(block, 0, read, begin, count);
                    sizes.add(count);
                });
                assertThat(read).isEqualTo(values);
                assertThat(sizes.subList(0, sizes.size() - 1)).allMatch(size -> size == blockSize);
            }
            assertThatThrownBy(() -> file.readBlocks("b", 10, (block, begin, count) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no tensor \"b\"");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F64"})
    void otherFloatingPointTypesAreReadAndWritten(DataType type) throws IOException {
        try (Safetensors file = Safetensors.open(written(type))) {
            assertThat(file.tensors().get("zeta")).isEqualTo(new TensorInfo(type, List.of(2L, 3L)));
            float smallest = type == DataType.F64 ? Float.MIN_VALUE : 0;
            assertThat(file.floats("zeta")).containsExactly(1, -2, 3.5f, 0, smallest, Float.POSITIVE_INFINITY);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "F64", "I8"})
    void manyNumbersOfEveryTypeAreRead(DataType type) throws IOException {
        float[] values = new float[20_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 251 - 125; // in all types the same
        }
        Path path = directory.resolve("many.safetensors");
        TensorInfo info = new TensorInfo(type, List.of((long) values.length));
        Safetensors.write(path, Map.of("many", info), name -> values, Map.of());

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.floats("many")).isEqualTo(values);
        }
    }

    @Test
    void integersAreReadAsBytes() throws IOException {
        Path path = directory.resolve("integers.safetensors");
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        tensors.put("before", new TensorInfo(DataType.F32, List.of(1L)));
        tensors.put("integers", new TensorInfo(DataType.I8, List.of(2L, 2L)));
        Safetensors.write(
                path,
                tensors,
                name -> name.equals("before") ? new float[] {7} : new float[] {-128, 0, 5, 127},
                Map.of());

        try (Safetensors file = Safetensors.open(path)) {
            assertThat(file.bytes("integers")).containsExactly(-128, 0, 5, 127);
            assertThatThrownBy(() -> file.bytes("before"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no tensor \"before\" of type I8");
            assertThatThrownBy(() -> file.bytes("none")).hasMessageContaining("no tensor \"none\" of type I8");
        }
    }

    @Test
    void theHeaderIsPaddedToEightBytes() throws IOException {
        byte[] bytes = Files.readAllBytes(written(DataType.F32));
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8)
                .isZero();
    }

    @Test
    void aTensorBeyondTwoGigabytesIsRead() throws IOException {
        long hole = 2_500_000_000L;
        String json = "{\"hole\":{\"dtype\":\"U8\",\"shape\":[" + hole + "],\"data_offsets\":[0," + hole
                + "]},\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + hole + "," + (hole + 8) + "]}}";
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        Path file = directory.resolve("big.safetensors");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(start.putLong(header.length).put(header).flip());
            ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(end.putFloat(1.5f).putFloat(-7).flip(), 8 + header.length + hole);
        }
        try (Safetensors tensors = Safetensors.open(file)) {
            assertThat(tensors.floats("x")).containsExactly(1.5f, -7);
            assertThatThrownBy(() -> tensors.floats("hole"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("hole is of type U8");
        }
    }

    @Test
    void aMissingFileAndAMissingTensorAreNamed() throws IOException {
        assertThatThrownBy(() -> Safetensors.open(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("there is no such file");
        try (Safetensors file = Safetensors.open(written(DataType.F32))) {
            assertThatThrownBy(() -> file.floats("beta"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no tensor \"beta\"");
        }
    }

    @Test
    void aClosedFileReadsNothing() throws IOException {
        Safetensors file = Safetensors.open(written(DataType.F32));
        file.close();
        assertThatThrownBy(() -> file.floats("zeta")).isInstanceOf(IOException.class);
    }

    @Test
    void aFileCutShortWhileItIsOpenIsReported() throws IOException {
        Path path = written(DataType.F32);
        try (Safetensors file = Safetensors.open(path)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(16);
            }
            assertThatThrownBy(() -> file.floats("zeta"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("cut short");
        }
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = written(DataType.F32);
        byte[] before = Files.readAllBytes(file);
        Map<String, TensorInfo> tensors = Map.of("x", new TensorInfo(DataType.F32, List.of(2L)));
        assertThatThrownBy(() -> Safetensors.write(file, tensors, name -> new float[3], Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 3 values");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(directory.toFile().list()).containsExactly(file.getFileName().toString());
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(written(DataType.F32));
        Path cut = directory.resolve("cut.safetensors");
        for (int length = 0; length < bytes.length; length++) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> Safetensors.open(cut).close()).isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void aFlippedBitInTheHeaderIsRefusedOrHarmless() throws IOException {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = Files.readAllBytes(written(DataType.F32));
        Path damaged = directory.resolve("damaged.safetensors");
        for (int i = 0; i < 1000; i++) {
            byte[] copy = bytes.clone();
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(damaged, copy);
            try (Safetensors file = Safetensors.open(damaged)) {
                for (String name : file.tensors().keySet()) {
                    if (file.tensors().get(name).dataType().isReadAsFloats()) {
                        assertThat(file.floats(name).length).isLessThanOrEqualTo(bytes.length);
                    }
                }
            } catch (ModelFormatException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith(damaged.toString());
            }
        }
    }
}
