package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.io.DataType;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlbertWeightsTest {
    private static final String WORDS = "albert.embeddings.word_embeddings.weight";

    @TempDir
    Path directory;

    /** Writes a model's tensors, changed by the caller. */
    private Path written(AlbertWeights weights, Map<String, float[]> changes, String... dropped) throws IOException {
        Map<String, float[]> values = TinyModel.values(weights);
        Map<String, TensorInfo> shapes = new LinkedHashMap<>();
        AlbertParameters.of(weights.config())
                .forEach(parameter -> shapes.put(
                        parameter.name(),
                        new TensorInfo(
                                DataType.F32,
                                parameter.shape().stream()
                                        .map(Integer::longValue)
                                        .toList())));
        shapes.put("predictions.decoder.weight", new TensorInfo(DataType.F32, List.of(7L, 4L)));
        changes.keySet().stream().filter(name -> !name.contains("decoder")).forEach(shapes::remove);
        values.putAll(changes);
        values.keySet().removeAll(List.of(dropped));
        Path file = directory.resolve("model.safetensors");
        TinyModel.write(file, values, shapes);
        return file;
    }

    private static AlbertWeights load(AlbertConfig config, Path path) throws IOException {
        try (Safetensors file = Safetensors.open(path)) {
            return AlbertWeights.load(config, file);
        }
    }

    @Test
    void positionsAreRepeatedForLongerTexts() {
        AlbertConfig config = AlbertConfig.builder()
                .vocabSize(5)
                .embeddingSize(2)
                .hiddenSize(4)
                .numAttentionHeads(1)
                .numHiddenLayers(1)
                .intermediateSize(4)
                .maxPositionEmbeddings(4)
                .build();
        String positions = "albert.embeddings.position_embeddings.weight";
        AlbertWeights weights = AlbertWeights.initialize(config, 1);
        float[] p = weights.values(positions);

        AlbertWeights longer = weights.repeatedPositions(3, 7);

        assertThat(longer.config().maxPositionEmbeddings()).isEqualTo(7);
        assertThat(longer.values(positions))
                .containsExactly(p[0], p[1], p[2], p[3], p[4], p[5], p[0], p[1], p[2], p[3], p[4], p[5], p[0], p[1]);
        assertThat(longer.values(WORDS)).isEqualTo(weights.values(WORDS));
        assertThat(weights.quantized().repeatedPositions(4, 5).int8Names())
                .isEqualTo(weights.quantized().int8Names());
        assertThatThrownBy(() -> weights.repeatedPositions(5, 7)).hasMessageContaining("5 of 4 positions");
    }

    @Test
    void blocksAreTheValuesWhereverTheseAre() throws IOException {
        AlbertWeights floats = AlbertWeights.initialize(TinyModel.config(Head.SEQUENCE_CLASSIFICATION), 1);
        for (AlbertWeights weights : List.of(floats, floats.quantized())) {
            assertBlocksAreTheValues(weights, weights);
            Path path = directory.resolve("model.safetensors");
            weights.write(path, DataType.F32);
            try (Safetensors file = Safetensors.open(path)) {
                assertBlocksAreTheValues(AlbertWeights.open(weights.config(), file), weights);
            }
        }
        assertThatThrownBy(() -> floats.readBlocks("none", 10, (block, begin, count) -> {}))
                .hasMessageContaining("no parameter none");
    }

    private static void assertBlocksAreTheValues(AlbertWeights actual, AlbertWeights expected) {
        for (String name : expected.names()) {
            float[] values = expected.values(name);
            float[] read = new float[values.length];
            actual.readBlocks(name, 6, (block, begin, count) -> System.arraycopy(block, 0, read, begin, count));
            assertThat(read).as(name).isEqualTo(values);
        }
    }

    private static void assertSame(AlbertWeights actual, AlbertWeights expected) {
        assertThat(actual.names()).containsExactlyElementsOf(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.values(name)).as(name).isEqualTo(expected.values(name));
        }
    }

    @ParameterizedTest
    @EnumSource(Head.class)
    void everyHeadIsWrittenAndReadAgain(Head head) throws IOException {
        AlbertConfig config = TinyModel.config(head);
        AlbertWeights weights = AlbertWeights.initialize(config, 1);
        Path file = directory.resolve("model.safetensors");
        weights.write(file, DataType.F32);
        assertSame(load(config, file), weights);
    }

    @Test
    void aBareEncoderIsWrittenWithoutPrefixAndReadWithOrWithoutIt() throws IOException {
        AlbertConfig config = TinyModel.config(Head.NONE);
        AlbertWeights weights = AlbertWeights.initialize(config, 1);
        Path file = directory.resolve("bare.safetensors");
        weights.write(file, DataType.F32);
        try (Safetensors tensors = Safetensors.open(file)) {
            assertThat(tensors.tensors()).containsKey("pooler.weight").doesNotContainKey("albert.pooler.weight");
            assertThat(tensors.metadata()).containsExactly(Map.entry("format", "pt"));
        }
        assertSame(load(config, written(weights, Map.of())), weights);
    }

    @Test
    void allThatDoesNotFitIsInOneMessage() throws IOException {
        AlbertWeights weights = AlbertWeights.initialize(TinyModel.config(Head.SEQUENCE_CLASSIFICATION), 1);
        Path file = written(
                weights,
                Map.of("classifier.bias", new float[3], "surplus\nname", new float[1]),
                "albert.pooler.weight",
                WORDS);
        assertThatThrownBy(() -> load(weights.config(), file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": the tensors do not fit the configuration: 2 missing: " + WORDS
                        + " [7, 4], albert.pooler.weight [6, 6]; 1 mis-shaped: classifier.bias is F32 [3], expected"
                        + " [2]; 1 unexpected: surplus?name");
    }

    @Test
    void arraysThatDoNotFitAreAllNamed() {
        AlbertWeights weights = AlbertWeights.initialize(TinyModel.config(Head.NONE), 1);
        Map<String, float[]> values = TinyModel.values(weights);
        values.put("x", new float[1]);
        values.put("albert.pooler.bias", new float[1]);
        values.remove(WORDS);
        assertThatThrownBy(() -> AlbertWeights.of(weights.config(), values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 missing: " + WORDS)
                .hasMessageContaining("albert.pooler.bias has 1 values, expected [6]")
                .hasMessageContaining("1 unexpected: x");
    }

    @Test
    void tiedDecodersAreAcceptedWhereEqualAndRefusedWhereNot() throws IOException {
        AlbertWeights weights = AlbertWeights.initialize(TinyModel.config(Head.MASKED_LM), 1);
        float[] words = weights.values(WORDS);
        Map<String, float[]> tied =
                Map.of("predictions.decoder.weight", words, "predictions.decoder.bias", new float[7]);
        assertSame(load(weights.config(), written(weights, tied)), weights);
        assertSame(load(weights.config(), written(weights, tied, WORDS, "predictions.bias")), weights);
        float[] other = words.clone();
        other[3]++;
        Path untied = written(weights, Map.of("predictions.decoder.weight", other));
        assertThatThrownBy(() -> load(weights.config(), untied))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("predictions.decoder.weight differs from " + WORDS);
    }

    @Test
    void thePoolerOfAMaskedLanguageModelIsKept() throws IOException {
        AlbertWeights full = AlbertWeights.initialize(TinyModel.config(Head.PRE_TRAINING), 1);
        AlbertConfig config = TinyModel.config(Head.MASKED_LM);
        Path file = written(full, Map.of(), "sop_classifier.classifier.weight", "sop_classifier.classifier.bias");
        AlbertWeights weights = load(config, file);
        assertThat(weights.values("albert.pooler.weight")).isEqualTo(full.values("albert.pooler.weight"));
        weights.write(file, DataType.F32);
        assertSame(load(config, file), weights);
    }

    @Test
    void aPreTrainedEncoderGetsAFreshClassifier() throws IOException {
        AlbertWeights full = AlbertWeights.initialize(TinyModel.config(Head.PRE_TRAINING), 1);
        AlbertConfig config = TinyModel.config(Head.SEQUENCE_CLASSIFICATION).toBuilder()
                .labels(List.of("a", "b", "c"))
                .build();
        try (Safetensors file = Safetensors.open(written(full, Map.of()))) {
            AlbertWeights.Transfer transfer = AlbertWeights.loadEncoder(config, file, 5);
            assertThat(transfer.fresh()).containsExactly("classifier.weight", "classifier.bias");
            assertThat(transfer.taken()).hasSize(25).contains("albert.pooler.weight");
            assertThat(transfer.left()).hasSize(7).contains("predictions.bias", "sop_classifier.classifier.weight");
            AlbertWeights weights = transfer.weights();
            assertThat(weights.values(WORDS)).isEqualTo(full.values(WORDS));
            assertThat(weights.values("classifier.weight"))
                    .hasSize(18)
                    .isEqualTo(AlbertWeights.initialize(config, 5).values("classifier.weight"));
        }
    }

    @Test
    void anEncoderThatDoesNotFitIsRefused() throws IOException {
        AlbertWeights full = AlbertWeights.initialize(TinyModel.config(Head.PRE_TRAINING), 1);
        AlbertConfig config = TinyModel.config(Head.SEQUENCE_CLASSIFICATION).toBuilder()
                .vocabSize(8)
                .build();
        try (Safetensors file = Safetensors.open(written(full, Map.of()))) {
            assertThatThrownBy(() -> AlbertWeights.loadEncoder(config, file, 5))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("1 mis-shaped: " + WORDS + " is F32 [7, 4], expected [8, 4]");
        }
    }

    @Test
    void newWeightsAreATruncatedNormalDistributionThatTheSeedDetermines() {
        AlbertConfig config =
                TinyModel.config(Head.NONE).toBuilder().vocabSize(20_000).build();
        AlbertWeights weights = AlbertWeights.initialize(config, 11);
        double sum = 0;
        double squares = 0;
        for (float value : weights.values(WORDS)) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo(0.04f);
            sum += value;
            squares += value * value;
        }
        int count = 80_000;
        assertThat(sum / count).isBetween(-3e-4, 3e-4);
        // the deviation of a normal distribution cut off at two of its own is 0.8796 of it
        assertThat(Math.sqrt(squares / count) / 0.02).isBetween(0.87, 0.89);
        assertThat(weights.values("albert.embeddings.LayerNorm.weight")).containsOnly(1);
        assertThat(weights.values("albert.embeddings.LayerNorm.bias")).containsOnly(0);
        assertThat(weights.values("albert.pooler.bias")).containsOnly(0);
        assertSame(AlbertWeights.initialize(config, 11), weights);
        assertThat(AlbertWeights.initialize(config, 12).values(WORDS)).isNotEqualTo(weights.values(WORDS));
        assertThat(weights.values(WORDS)[0]).isEqualTo(FIRST_OF_SEED_11);
    }

    /** Pins the generator: the same seed must give the same model in every version and on every JVM. */
    private static final float FIRST_OF_SEED_11 = 0.005346293f;

    private AlbertWeights inEightBits() {
        AlbertWeights weights = AlbertWeights.initialize(TinyModel.config(Head.SEQUENCE_CLASSIFICATION), 3);
        return weights.quantized();
    }

    @Test
    void matricesInEightBitsAreReadAsTheyWereWritten() throws IOException {
        AlbertWeights weights = inEightBits();
        Path file = directory.resolve("int8.safetensors");
        weights.write(file, DataType.F32);
        AlbertWeights read = load(weights.config(), file);
        assertSame(read, weights);
        assertThat(read.int8Names())
                .isEqualTo(weights.int8Names())
                .contains(WORDS)
                .hasSizeGreaterThan(6);
        read.write(directory.resolve("again.safetensors"), DataType.F32);
        assertThat(directory.resolve("again.safetensors")).hasSameBinaryContentAs(file);
    }

    @Test
    void aMatrixInEightBitsWithoutItsScalesIsRefused() throws IOException {
        AlbertWeights weights = inEightBits();
        Path file = directory.resolve("int8.safetensors");
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        weights.write(file, DataType.F32);
        try (Safetensors whole = Safetensors.open(file)) {
            tensors.putAll(whole.tensors());
            tensors.remove(WORDS + "_scale");
            Safetensors.write(directory.resolve("damaged.safetensors"), tensors, whole::floats, Map.of());
        }
        assertThatThrownBy(() -> load(weights.config(), directory.resolve("damaged.safetensors")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(WORDS + " is I8")
                .hasMessageContaining("_scale is missing");
    }

    @Test
    void aMatrixInEightBitsWithAScaleThatIsNotFiniteIsRefused() throws IOException {
        AlbertWeights weights = inEightBits();
        Path file = directory.resolve("int8.safetensors");
        weights.write(file, DataType.F32);
        for (float scale : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Path damaged = directory.resolve("damaged" + scale + ".safetensors");
            try (Safetensors whole = Safetensors.open(file)) {
                Safetensors.write(
                        damaged,
                        whole.tensors(),
                        name -> {
                            float[] values = whole.floats(name);
                            if (name.equals(WORDS + "_scale")) {
                                values[1] = scale;
                            }
                            return values;
                        },
                        Map.of());
            }
            assertThatThrownBy(() -> load(weights.config(), damaged))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(WORDS + "_scale holds " + scale + "; scales are finite");
        }
    }

    @Test
    void aParameterThatIsNoMatrixOfTheEncoderStaysInFloats() {
        AlbertWeights weights = AlbertWeights.initialize(TinyModel.config(Head.SEQUENCE_CLASSIFICATION), 3);
        assertThatThrownBy(() -> weights.quantized(Set.of("albert.pooler.bias")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("[albert.pooler.bias] cannot be stored in 8 bits");
    }
}
