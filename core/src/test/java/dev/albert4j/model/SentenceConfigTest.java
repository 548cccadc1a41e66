package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.io.DataType;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.model.SentenceConfig.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentenceConfigTest {
    private static final AlbertWeights WEIGHTS = AlbertWeights.initialize(TinyModel.config(Head.NONE), 1);

    @TempDir
    Path parent;

    private Path directory = Path.of("");

    @BeforeEach
    void saveModel() throws IOException {
        directory = parent.resolve("model");
        save(new SentenceConfig(Pooling.MEAN, false, 5));
    }

    @ParameterizedTest
    @CsvSource({"MEAN,false", "MEAN,true", "CLS,false", "CLS,true"})
    void whatIsSavedIsReadAgain(Pooling pooling, boolean normalized) throws IOException {
        SentenceConfig sentences = new SentenceConfig(pooling, normalized, 7);
        save(sentences);
        assertThat(ModelDirectory.open(directory).sentences()).contains(sentences);
        assertThat(JsonFile.read(directory.resolve("1_Pooling/config.json")).path("word_embedding_dimension"))
                .hasToString("6");
        assertThat(Files.exists(directory.resolve("2_Normalize/config.json"))).isEqualTo(normalized);
    }

    @Test
    void anotherModelInTheSamePlaceTakesTheFilesAway() throws IOException {
        save(new SentenceConfig(Pooling.CLS, true, 7));
        save(null);
        assertThat(ModelDirectory.open(directory).sentences()).isEmpty();
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("config.json", "model.safetensors");
    }

    @Test
    void aConvertedModelKeepsItsPooling() throws IOException {
        save(new SentenceConfig(Pooling.CLS, true, 7));
        ModelConverter.convert(directory, parent.resolve("converted"));
        assertThat(ModelDirectory.open(parent.resolve("converted")).sentences())
                .contains(new SentenceConfig(Pooling.CLS, true, 7));
    }

    @Test
    void newerFilesOfSentenceTransformersAreRead() throws IOException {
        write("modules.json", """
                [{"idx":0,"name":"0","path":"","type":"sentence_transformers.base.modules.transformer.Transformer"},
                 {"idx":1,"name":"1","path":"1_Pooling",
                  "type":"sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
                 {"idx":2,"name":"2","path":"2_Normalize",
                  "type":"sentence_transformers.base.modules.normalize.Normalize"}]
                """);
        write("1_Pooling/config.json", "{\"embedding_dimension\":6,\"pooling_mode\":\"cls\",\"include_prompt\":true}");
        write("sentence_bert_config.json", "{\"transformer_task\":\"feature-extraction\"}");
        write("tokenizer_config.json", "{\"model_max_length\":4}");
        assertThat(ModelDirectory.open(directory).sentences()).contains(new SentenceConfig(Pooling.CLS, true, 4));
        write("tokenizer_config.json", "{\"model_max_length\":1000000000000000019884624838656}");
        assertThat(ModelDirectory.open(directory).sentences()).contains(new SentenceConfig(Pooling.CLS, true, 8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1_Pooling/config.json|{\"word_embedding_dimension\":6,\"pooling_mode_max_tokens\":true}|pools by [max]",
                "1_Pooling/config.json|{\"word_embedding_dimension\":6,\"pooling_mode\":[\"mean\",\"cls\"]}|pools by",
                "1_Pooling/config.json|{\"word_embedding_dimension\":6}|pools by []",
                "1_Pooling/config.json|{\"word_embedding_dimension\":9,\"pooling_mode\":\"cls\"}|size 9",
                "1_Pooling/config.json|{|not valid JSON",
                "sentence_bert_config.json|{\"max_seq_length\":\"long\"}|max_seq_length",
                "sentence_bert_config.json|{\"max_seq_length\":0}|max_seq_length 0",
                "sentence_bert_config.json|{\"do_lower_case\":true}|do_lower_case",
                "modules.json|{}|not a JSON array",
                "modules.json|[]|has the modules []",
                "modules.json|[{\"path\":\"\",\"type\":\"sentence_transformers.models.Transformer\"}]|[Transformer]",
                "modules.json|[{\"path\":\"../x\",\"type\":\"sentence_transformers.models.Transformer\"}]|not in a directory",
                "modules.json|[{\"path\":\"\",\"type\":\"custom.Transformer\"}]|[custom.Transformer]",
            })
    void whatCannotBeDoneIsRefused(String name, String content, String problem) throws IOException {
        write(name, content);
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(problem);
    }

    @Test
    void aModelThatDoesNotSayTakesTheMeanOfAllItReads() {
        assertThat(SentenceConfig.of(WEIGHTS.config())).isEqualTo(new SentenceConfig(Pooling.MEAN, false, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new SentenceConfig(Pooling.MEAN, false, 1));
    }

    private void save(@Nullable SentenceConfig sentences) throws IOException {
        ModelDirectory.save(directory, WEIGHTS, null, null, DataType.F32, sentences);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }
}
