package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardWriterTest {
    @TempDir
    Path directory;

    /** Tensors a, b, c, … of so many values, each of which is the tensor's length. */
    private void write(long maxShardBytes, int... lengths) throws IOException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (int i = 0; i < lengths.length; i++) {
            tensors.put(Character.toString('a' + i), new TensorInfo(DataType.F32, List.of((long) lengths[i])));
        }
        FloatSource source = name -> {
            float[] values = new float[lengths[name.charAt(0) - 'a']];
            Arrays.fill(values, values.length);
            return values;
        };
        Safetensors.writeShards(directory, tensors, source, Map.of("format", "pt"), maxShardBytes);
    }

    @Test
    void tensorsAreDealtOutInTheirOrderAndReadAsOneFile() throws IOException {
        write(40, 4, 6, 1, 30, 2);
        assertThat(directory.toFile().list())
                .containsExactlyInAnyOrder(
                        "model-00001-of-00004.safetensors",
                        "model-00002-of-00004.safetensors",
                        "model-00003-of-00004.safetensors",
                        "model-00004-of-00004.safetensors",
                        "model.safetensors.index.json");
        JsonNode index = JsonFile.read(directory.resolve("model.safetensors.index.json"));
        assertThat(index.at("/metadata/total_size").asLong()).isEqualTo(4 * 43);
        assertThat(index.at("/weight_map/b").asText()).isEqualTo("model-00001-of-00004.safetensors");
        assertThat(index.at("/weight_map/c").asText()).isEqualTo("model-00002-of-00004.safetensors");
        try (TensorFile file = TensorFiles.open(directory)) {
            assertThat(file.tensors().keySet()).containsExactly("a", "b", "c", "d", "e");
            assertThat(file.floats("b")).hasSize(6).containsOnly(6);
            assertThat(file.floats("d")).hasSize(30).containsOnly(30);
            List<Integer> ends = new ArrayList<>();
            file.readBlocks("d", 12, (block, begin, count) -> ends.add(begin + count));
            assertThat(ends).containsExactly(12, 24, 30);
        }
        try (Safetensors shard = Safetensors.open(directory.resolve("model-00003-of-00004.safetensors"))) {
            assertThat(shard.tensors().keySet()).containsExactly("d");
            assertThat(shard.metadata()).containsEntry("format", "pt");
        }
    }

    @Test
    void whatFitsInOneFileNeedsNoIndex() throws IOException {
        write(44, 4, 6, 1);
        assertThat(directory.toFile().list()).containsExactly("model.safetensors");
    }

    @Test
    void moreFilesThanAreReadAreNotWritten() {
        int[] lengths = new int[1001];
        Arrays.fill(lengths, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(1, lengths))
                .withMessage("files of at most 1 bytes would be 1001, at most 1000 are allowed");
        assertThat(directory.toFile().list()).isEmpty();
    }
}
