package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.albert4j.io.DataType;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryTest {
    private static final String WORDS = "albert.embeddings.word_embeddings.weight";

    @TempDir
    Path parent;

    private final AlbertWeights weights = AlbertWeights.initialize(TinyModel.config(Head.SEQUENCE_CLASSIFICATION), 1);

    @Test
    void aModelIsSavedAndOpenedAgain() throws IOException {
        Path directory = parent.resolve("runs/model");
        Provenance provenance = Provenance.now(List.of("finetune", "--task", "classification"))
                .withSeed(7)
                .withParent("base")
                .withMetrics(Map.of("f1", DoubleNode.valueOf(0.5)));
        ModelDirectory.save(directory, weights, null, provenance, DataType.F32);
        ModelDirectory model = ModelDirectory.open(directory);
        assertThat(model.config().head()).isEqualTo(Head.SEQUENCE_CLASSIFICATION);
        assertThat(model.config().others()).containsEntry("dtype", TextNode.valueOf("float32"));
        assertThat(model.tokenizer()).isEmpty();
        assertThat(model.provenance()).contains(provenance);
        assertThat(model.weights()).isSameAs(model.weights());
        assertThat(model.weights().values("classifier.weight")).isEqualTo(weights.values("classifier.weight"));
        assertThat(directory.toFile().list())
                .containsExactlyInAnyOrder("config.json", "model.safetensors", "provenance.json");
    }

    @Test
    void weightsThatNobodyHoldsAreGivenBack() throws IOException {
        Path directory = parent.resolve("model");
        ModelDirectory.save(directory, weights, null, null, DataType.F32);
        ModelDirectory model = ModelDirectory.open(directory);
        WeakReference<AlbertWeights> first = new WeakReference<>(model.weights());
        for (int i = 0; i < 20 && first.get() != null; i++) {
            System.gc();
        }
        assertThat(first.get()).isNull();
        assertThat(model.weights().values("classifier.weight")).isEqualTo(weights.values("classifier.weight"));
    }

    @Test
    void weightsAreReadOneByOneWhereTheyAreTakenSo() throws IOException {
        Path directory = parent.resolve("model");
        ModelDirectory.save(directory, weights.quantized(Set.of(WORDS)), null, null, DataType.F32);
        ModelDirectory model = ModelDirectory.open(directory);
        AlbertWeights held = ModelDirectory.open(directory).weights();
        model.withWeights(open -> {
            assertThat(open.names()).containsExactlyElementsOf(held.names());
            assertThat(open.int8Names()).containsExactly(WORDS);
            for (String name : held.names()) {
                assertThat(open.values(name)).as(name).isEqualTo(held.values(name));
            }
            assertThat(open.values("classifier.weight")).isNotSameAs(open.values("classifier.weight"));
            assertThat(open.int8Matrix(WORDS).toFloats())
                    .isEqualTo(held.int8Matrix(WORDS).toFloats());
            assertThatThrownBy(() -> open.values("x")).hasMessageContaining("no parameter x");
            return 0;
        });
        AlbertWeights shared = model.weights();
        assertThat(model.<AlbertWeights>withWeights(open -> open)).isSameAs(shared);
    }

    @Test
    void weightsThatAreCutShortAreRefusedWhileTheyAreRead() throws IOException {
        Path directory = parent.resolve("model");
        ModelDirectory.save(directory, weights, null, null, DataType.F32);
        ModelDirectory model = ModelDirectory.open(directory);
        Path file = directory.resolve("model.safetensors");
        assertThatThrownBy(() -> model.withWeights(open -> {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(channel.size() - 4);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    open.names().forEach(open::values);
                    return 0;
                }))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("cut short");
    }

    @Test
    void halfPrecisionIsSmallerAndSaidInTheConfiguration() throws IOException {
        ModelDirectory.save(parent.resolve("full"), weights, null, null, DataType.F32);
        ModelDirectory.save(parent.resolve("half"), weights, null, null, DataType.F16);
        ModelDirectory half = ModelDirectory.open(parent.resolve("half"));
        assertThat(half.config().others()).containsEntry("dtype", TextNode.valueOf("float16"));
        assertThat(half.weights().values("albert.pooler.weight")[5])
                .isCloseTo(weights.values("albert.pooler.weight")[5], offset(2e-5f));
        long saved = Files.size(parent.resolve("full/model.safetensors"))
                - Files.size(parent.resolve("half/model.safetensors"));
        assertThat(saved).isGreaterThan(AlbertParameters.count(weights.config()) * 2 - 100);
    }

    @Test
    void theFileHoldsEverySharedWeightOnceHoweverManyLayersThereAre() throws IOException {
        for (int numLayers : new int[] {1, 12, 48}) {
            AlbertConfig config = TinyModel.config(Head.SEQUENCE_CLASSIFICATION).toBuilder()
                    .numHiddenLayers(numLayers)
                    .build();
            Path directory = parent.resolve("layers" + numLayers);
            ModelDirectory.save(directory, AlbertWeights.initialize(config, 1), null, null, DataType.F32);
            long header = 4096;
            assertThat(Files.size(directory.resolve("model.safetensors")))
                    .isBetween(4 * AlbertParameters.count(config), 4 * AlbertParameters.count(config) + header);
        }
    }

    @Test
    void shardsAreReadAsOneModelAndGoWithIt() throws IOException {
        Path directory = parent.resolve("sharded");
        ModelDirectory.save(directory, weights, null, null, new Storage(DataType.F32, 300), null);
        assertThat(directory.resolve("model.safetensors")).doesNotExist();
        assertThat(directory.resolve("model.safetensors.index.json")).exists();
        AlbertWeights read = ModelDirectory.open(directory).weights();
        assertThat(read.names()).isEqualTo(weights.names());
        read.names().forEach(name -> assertThat(read.values(name)).isEqualTo(weights.values(name)));
        ModelDirectory.save(directory, weights, null, null, DataType.F32);
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("config.json", "model.safetensors");
    }

    @Test
    void aShardThatIsCutShortOrMissingIsRefused() throws IOException {
        Path directory = parent.resolve("sharded");
        ModelDirectory.save(directory, weights, null, null, new Storage(DataType.F32, 800), null);
        Path shard;
        try (Stream<Path> files = Files.list(directory)) {
            shard = files.filter(file -> file.getFileName().toString().startsWith("model-00002-of-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> ModelDirectory.open(directory).weights())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model-00002-of-");
        Files.delete(shard);
        assertThatThrownBy(() -> ModelDirectory.open(directory).weights())
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("model-00002-of-");
    }

    @Test
    void aModelReplacesAModelAndNothingElse() throws IOException {
        Path directory = parent.resolve("model");
        ModelDirectory.save(directory, weights, null, Provenance.now(List.of("first")), DataType.F32);
        Files.writeString(directory.resolve("README.md"), "mine");
        Files.writeString(directory.resolve("vocab.txt"), "of the first model");
        ModelDirectory.save(directory, weights, null, null, DataType.F32);
        assertThat(directory.toFile().list())
                .containsExactlyInAnyOrder("config.json", "model.safetensors", "README.md");
        Path other = Files.createDirectory(parent.resolve("other"));
        Files.writeString(other.resolve("thesis.txt"), "precious");
        assertThatThrownBy(() -> ModelDirectory.save(other, weights, null, null, DataType.F32))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("other: is not empty");
        assertThat(other.toFile().list()).containsExactly("thesis.txt");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertThatThrownBy(() -> ModelDirectory.open(parent.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("there is no such model directory");
        Path file = Files.writeString(parent.resolve("file"), "x");
        assertThatThrownBy(() -> ModelDirectory.open(file)).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> ModelDirectory.open(parent))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("config.json: there is no such file");
        weights.config().write(parent.resolve("config.json"));
        ModelDirectory model = ModelDirectory.open(parent);
        assertThatThrownBy(model::weights)
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("holds none of [model.safetensors");
    }

    @Test
    void aConfigurationThatContradictsTheWeightsIsRefused() throws IOException {
        Path directory = parent.resolve("model");
        ModelDirectory.save(directory, weights, null, null, DataType.F32);
        weights.config().toBuilder().labels(List.of("a", "b", "c")).build().write(directory.resolve("config.json"));
        assertThatThrownBy(() -> ModelDirectory.open(directory).weights())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("2 mis-shaped: classifier.weight is F32 [2, 6], expected [3, 6]");
    }

    @Test
    void provenanceKeepsFieldsItDoesNotKnow() throws IOException {
        Path data = Files.writeString(parent.resolve("train.csv"), "text,label\n");
        Path file = parent.resolve("provenance.json");
        Provenance written = Provenance.now(List.of("finetune"))
                .withConfig(Map.of("epochs", DoubleNode.valueOf(3.5)))
                .withData(List.of(Provenance.DataFile.of(data)));
        written.write(file);
        JsonFile.write(file, JsonFile.read(file).put("licence", "CC0"));
        Provenance read = Provenance.read(file);
        assertThat(read.others()).containsExactly(Map.entry("licence", TextNode.valueOf("CC0")));
        assertThat(read.data()).containsExactly(new Provenance.DataFile("train.csv", HASH, 11));
        read.write(file);
        assertThat(Provenance.read(file)).isEqualTo(read);
        JsonFile.write(file, JsonFile.read(file).put("created", "yesterday"));
        assertThatThrownBy(() -> Provenance.read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("created is \"yesterday\"");
    }

    private static final String HASH = "3d1efb1f982c7ceea409a3c9f189c2f423e724ac1df3454a5536427d01cd8fc7";
}
