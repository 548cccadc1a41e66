package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.io.DataType;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference models that Hugging Face and TensorFlow wrote. */
@Tag("shared")
class GoldenModelFilesTest {
    @TempDir
    Path directory;

    private static Path golden(String name) {
        Path path = Path.of(System.getProperty("albert4j.shared"), "golden", name);
        assertThat(path).exists();
        return path;
    }

    static List<Path> chineseConfigs() throws IOException {
        Path directory = Path.of(System.getProperty("albert4j.shared"), "tokenizers", "albert-zh");
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("albert_config"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("chineseConfigs")
    void publishedChineseConfigurationsAreRead(Path file) throws IOException {
        AlbertConfig config = AlbertConfig.read(file);
        assertThat(config.vocabSize()).isEqualTo(21128);
        assertThat(config.hiddenAct()).isNotEqualTo(Activation.GELU_ERF);
        config.write(directory.resolve("config.json"));
        AlbertConfig again = AlbertConfig.read(directory.resolve("config.json"));
        assertThat(again.others()).containsAllEntriesOf(config.others());
        assertThat(again.toBuilder().others(config.others()).build()).isEqualTo(config);
    }

    static List<Path> models() throws IOException {
        try (Stream<Path> cases = Files.list(golden("model"))) {
            return cases.sorted().toList();
        }
    }

    private static void assertSame(AlbertWeights actual, AlbertWeights expected) {
        assertThat(actual.names()).containsExactlyElementsOf(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.values(name)).as(name).isEqualTo(expected.values(name));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelIsLoadedAndSavedAsHuggingFaceSavedIt(Path golden) throws IOException {
        ModelDirectory model = ModelDirectory.open(golden);
        Path saved = directory.resolve("saved");
        ModelDirectory.save(saved, model.weights(), null, null, DataType.F32);
        JsonNode expected = JsonFile.read(golden.resolve("config.json"));
        assertThat(JsonFile.read(saved.resolve("config.json"))).isEqualTo(expected);
        assertSame(ModelDirectory.open(saved).weights(), model.weights());
        try (Safetensors before = Safetensors.open(golden.resolve("model.safetensors"));
                Safetensors after = Safetensors.open(saved.resolve("model.safetensors"))) {
            assertThat(after.tensors()).isEqualTo(before.tensors());
            assertThat(after.metadata()).isEqualTo(before.metadata());
        }
    }

    @Test
    void aConvertedTensorFlowCheckpointIsTheSameModelBitForBit() throws IOException {
        ModelConverter.convert(golden("tf/a-pretraining"), directory.resolve("out"));
        ModelDirectory converted = ModelDirectory.open(directory.resolve("out"));
        ModelDirectory expected = ModelDirectory.open(golden("model/a-pretraining"));
        assertSame(converted.weights(), expected.weights());
        assertThat(converted.config().toBuilder()
                        .others(expected.config().others())
                        .build())
                .isEqualTo(expected.config());
    }

    @Test
    void aTensorFlowCheckpointOfEqualWidthsAndSeveralGroupsIsConverted() throws IOException {
        ModelConverter.convert(golden("tf/equal-width-groups"), directory.resolve("out"));
        AlbertWeights weights = ModelDirectory.open(directory.resolve("out")).weights();
        assertThat(weights.config().numHiddenGroups()).isEqualTo(2);
        assertThat(weights.config().innerGroupNum()).isEqualTo(2);
        assertThat(weights.config().head()).isEqualTo(Head.PRE_TRAINING);
        float[] mapping = weights.values("albert.encoder.embedding_hidden_mapping_in.weight");
        for (int i = 0; i < mapping.length; i++) {
            assertThat(mapping[i]).isEqualTo(i % 33 == 0 ? 1 : 0);
        }
    }
}
