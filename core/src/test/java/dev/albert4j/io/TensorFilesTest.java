package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorFilesTest {
    @TempDir
    Path directory;

    @BeforeEach
    void writeShards() throws IOException {
        for (String name : List.of("one", "two")) {
            Map<String, TensorInfo> tensors = Map.of(name, new TensorInfo(DataType.F32, List.of(1L)));
            Path file = directory.resolve(name + ".safetensors");
            Safetensors.write(file, tensors, tensor -> new float[] {tensor.length()}, Map.of());
        }
    }

    private Path index(String map) throws IOException {
        String json = "{'metadata':{},'weight_map':" + map + "}";
        return Files.writeString(directory.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
    }

    @Test
    void shardsAreReadAsOneFile() throws IOException {
        index("{'two':'two.safetensors','one':'one.safetensors'}");
        try (TensorFile file = TensorFiles.open(directory)) {
            assertThat(file.tensors().keySet()).containsExactly("two", "one");
            assertThat(file.floats("one")).containsExactly(3);
            assertThatThrownBy(() -> file.floats("three")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../one.safetensors",
                "/etc/passwd",
                "a/one.safetensors",
                "a\\\\one.safetensors",
                "..",
                ".hidden",
                "",
                "one\\u0000.safetensors"
            })
    void aShardOutsideTheDirectoryIsRefused(String name) throws IOException {
        index("{'one':'" + name + "'}");
        assertThatThrownBy(() -> TensorFiles.open(directory).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("not a plain file name");
    }

    @Test
    void anIndexThatContradictsItsShardsIsRefused() throws IOException {
        index("{'one':'two.safetensors'}");
        assertThatThrownBy(() -> TensorFiles.open(directory).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("\"one\" should be in two.safetensors but is not");
        index("{'one':'three.safetensors'}");
        assertThatThrownBy(() -> TensorFiles.open(directory).close())
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("three.safetensors");
        Map<String, TensorInfo> tensors = Map.of(
                "one", new TensorInfo(DataType.F32, List.of()), "extra", new TensorInfo(DataType.F32, List.of()));
        Safetensors.write(directory.resolve("one.safetensors"), tensors, name -> new float[1], Map.of());
        index("{'one':'one.safetensors'}");
        assertThatThrownBy(() -> TensorFiles.open(directory).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("holds \"extra\", which weight_map does not put there");
        index("[]");
        assertThatThrownBy(() -> TensorFiles.open(directory).close())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("weight_map");
    }

    @Test
    void whatIsThereIsRecognisedByItsName() throws IOException {
        TinyCheckpoints.tensorFlow(directory.resolve("model.ckpt-5"));
        try (TensorFile file = TensorFiles.open(directory)) {
            assertThat(file.path().getFileName()).hasToString("model.ckpt-5.index");
        }
        for (String name : List.of("model.ckpt-5", "model.ckpt-5.index")) {
            try (TensorFile file = TensorFiles.open(directory.resolve(name))) {
                assertThat(file).isInstanceOf(TensorFlowCheckpoint.class);
            }
        }
        TinyCheckpoints.tensorFlow(directory.resolve("model.ckpt-70"));
        assertThatThrownBy(() -> TensorFiles.open(directory).close())
                .hasMessageContaining("several checkpoints, name one: [model.ckpt-5, model.ckpt-70]");
        Files.writeString(directory.resolve("checkpoint"), "model_checkpoint_path: \"model.ckpt-70\"\n");
        try (TensorFile file = TensorFiles.open(directory)) {
            assertThat(file.path().getFileName()).hasToString("model.ckpt-70.index");
        }
        TinyCheckpoints.pyTorch(directory.resolve("pytorch_model.bin"));
        try (TensorFile file = TensorFiles.open(directory)) {
            assertThat(file).isInstanceOf(PyTorchCheckpoint.class);
        }
    }

    @Test
    void nothingToOpenIsReported() throws IOException {
        assertThatThrownBy(() -> TensorFiles.open(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("there is no such checkpoint");
        assertThatThrownBy(() -> TensorFiles.open(directory))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("holds none of [model.safetensors");
        Path text = Files.writeString(directory.resolve("notes.txt"), "hello");
        assertThatThrownBy(() -> TensorFiles.open(text))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("allowed are .safetensors");
    }
}
