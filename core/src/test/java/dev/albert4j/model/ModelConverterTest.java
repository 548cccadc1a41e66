package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.TinyCheckpoints;
import dev.albert4j.io.TinyCheckpoints.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConverterTest {
    @TempDir
    Path directory;

    private Path in;
    private Path out;

    @BeforeEach
    void makeDirectory() throws IOException {
        in = Files.createDirectory(directory.resolve("in"));
        out = directory.resolve("out");
    }

    private void config(String name, String fields) throws IOException {
        String json = "{'vocab_size':5,'embedding_size':2,'hidden_size':2,'num_hidden_layers':2,"
                + "'num_attention_heads':1,'intermediate_size':3,'max_position_embeddings':4,'hidden_act':'gelu'"
                + fields
                + "}";
        Files.writeString(in.resolve(name), json.replace('\'', '"'));
    }

    /** Google's variables with E = H, each filled with 1, 2, 3, …. */
    private static Map<String, Values> variables() {
        Map<String, Values> variables = new TreeMap<>();
        put(variables, "bert/embeddings/word_embeddings", 5, 2);
        put(variables, "bert/embeddings/token_type_embeddings", 2, 2);
        put(variables, "bert/embeddings/position_embeddings", 4, 2);
        put(variables, "bert/embeddings/LayerNorm/beta", 2);
        put(variables, "bert/embeddings/LayerNorm/gamma", 2);
        String layer = "bert/encoder/transformer/group_0/inner_group_0/";
        for (String part : List.of("self/query", "self/key", "self/value", "output/dense")) {
            put(variables, layer + "attention_1/" + part + "/kernel", 2, 2);
            put(variables, layer + "attention_1/" + part + "/bias", 2);
        }
        for (String norm : List.of("LayerNorm", "LayerNorm_1")) {
            put(variables, layer + norm + "/beta", 2);
            put(variables, layer + norm + "/gamma", 2);
        }
        put(variables, layer + "ffn_1/intermediate/dense/kernel", 2, 3);
        put(variables, layer + "ffn_1/intermediate/dense/bias", 3);
        put(variables, layer + "ffn_1/intermediate/output/dense/kernel", 3, 2);
        put(variables, layer + "ffn_1/intermediate/output/dense/bias", 2);
        put(variables, "bert/pooler/dense/kernel", 2, 2);
        put(variables, "bert/pooler/dense/bias", 2);
        put(variables, "bert/pooler/dense/bias/adam_m", 2);
        put(variables, "global_step");
        return variables;
    }

    private static void put(Map<String, Values> variables, String name, Integer... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        variables.put(name, new Values(List.of(shape), values));
    }

    @Test
    void aTensorFlowCheckpointBecomesAModelDirectory() throws IOException {
        config("albert_config.json", ",'net_structure_type':0");
        TinyCheckpoints.tensorFlow(in.resolve("model.ckpt-best"), variables());
        ModelConverter.convert(in, out);
        ModelDirectory model = ModelDirectory.open(out);
        assertThat(model.config().head()).isEqualTo(Head.NONE);
        assertThat(model.config().hiddenAct()).isEqualTo(Activation.GELU_TANH);
        assertThat(model.config().others()).containsKey("net_structure_type");
        assertThat(out.resolve("config.json")).content().contains("\"hidden_act\": \"gelu_new\"");
        AlbertWeights weights = model.weights();
        assertThat(weights.values("albert.encoder.embedding_hidden_mapping_in.weight"))
                .containsExactly(1, 0, 0, 1);
        assertThat(weights.values("albert.encoder.embedding_hidden_mapping_in.bias"))
                .containsExactly(0, 0);
        assertThat(weights.values("albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight"))
                .containsExactly(1, 4, 2, 5, 3, 6);
        assertThat(weights.values("albert.embeddings.word_embeddings.weight")[3])
                .isEqualTo(4);
        assertThat(model.provenance().orElseThrow().data())
                .extracting(Provenance.DataFile::name)
                .containsExactly("albert_config.json", "model.ckpt-best.index");
    }

    @Test
    void theHeadIsFoundFromTheVariables() throws IOException {
        config("albert_config_tiny.json", "");
        Map<String, Values> variables = variables();
        put(variables, "output_weights", 3, 2);
        put(variables, "output_bias", 3);
        TinyCheckpoints.tensorFlow(in.resolve("model.ckpt-1"), variables);
        ModelConverter.convert(in.resolve("model.ckpt-1"), out);
        ModelDirectory model = ModelDirectory.open(out);
        assertThat(model.config().head()).isEqualTo(Head.SEQUENCE_CLASSIFICATION);
        assertThat(model.config().labels()).containsExactly("LABEL_0", "LABEL_1", "LABEL_2");
        assertThat(model.weights().values("classifier.weight")).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void layersWhoseGroupsDifferFromGooglesAreRefused() throws IOException {
        config("albert_config.json", ",'num_hidden_groups':22");
        String json = Files.readString(in.resolve("albert_config.json")).replace("layers\":2", "layers\":22");
        Files.writeString(in.resolve("albert_config.json"), json);
        TinyCheckpoints.tensorFlow(in.resolve("model.ckpt-1"), variables());
        assertThatThrownBy(() -> ModelConverter.convert(in, out))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("with 22 layers in 22 groups");
        assertThat(out).doesNotExist();
    }

    @Test
    void aPyTorchStateDictBecomesAModelDirectory() throws IOException {
        config("config.json", ",'model_type':'albert','architectures':['AlbertModel']");
        Files.writeString(in.resolve("tokenizer_config.json"), "{}");
        AlbertConfig config = AlbertConfig.read(in.resolve("config.json"));
        AlbertWeights weights = AlbertWeights.initialize(config, 1);
        Map<String, Values> tensors = new TreeMap<>();
        AlbertParameters.of(config)
                .forEach(parameter -> tensors.put(
                        parameter.name().substring("albert.".length()),
                        new Values(parameter.shape(), weights.values(parameter.name()))));
        TinyCheckpoints.pyTorch(in.resolve("pytorch_model.bin"), tensors);
        ModelConverter.convert(in, out);
        ModelDirectory model = ModelDirectory.open(out);
        assertThat(model.config().hiddenAct()).isEqualTo(Activation.GELU_ERF);
        for (String name : weights.names()) {
            assertThat(model.weights().values(name)).isEqualTo(weights.values(name));
        }
        assertThat(out.resolve("tokenizer_config.json")).hasContent("{}");
    }

    @Test
    void aVocabularyGivesTheSpecialIdsAndIsDescribedForHuggingFace() throws IOException {
        config("albert_config.json", "");
        TinyCheckpoints.tensorFlow(in.resolve("model.ckpt-1"), variables());
        Files.writeString(in.resolve("vocab_chinese.txt"), "[UNK]\r\n[PAD]\r\n[SEP]\r\n[MASK]\r\n[CLS]\r\n");
        Files.writeString(in.resolve("tokenizer_config.json"), "{\"do_lower_case\": false, \"mine\": 1}");
        ModelConverter.convert(in, out);
        assertThat(JsonFile.read(out.resolve("config.json")).toString())
                .contains("\"pad_token_id\":1", "\"bos_token_id\":4", "\"eos_token_id\":2");
        assertThat(out.resolve("vocab.txt")).hasSameBinaryContentAs(in.resolve("vocab_chinese.txt"));
        assertThat(JsonFile.read(out.resolve("tokenizer_config.json")).toString())
                .isEqualTo("{\"do_lower_case\":false,\"mine\":1,\"tokenizer_class\":\"BertTokenizer\","
                        + "\"model_max_length\":"
                        + ModelDirectory.open(out).config().maxPositionEmbeddings() + "}");
        Files.delete(in.resolve("tokenizer_config.json"));
        ModelConverter.convert(in, out);
        assertThat(out.resolve("tokenizer_config.json")).content().contains("BertTokenizer", "do_lower_case");
        assertThat(ModelDirectory.open(out)
                        .tokenizer()
                        .orElseThrow()
                        .vocabulary()
                        .padId())
                .isEqualTo(1);
    }

    @Test
    void aMissingConfigurationOrModelIsNamed() throws IOException {
        assertThatThrownBy(() -> ModelConverter.convert(in.resolve("none/x"), out))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("there is no such model");
        TinyCheckpoints.tensorFlow(in.resolve("model.ckpt-1"), variables());
        assertThatThrownBy(() -> ModelConverter.convert(in, out))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("holds none of [config.json, albert_config.json]");
    }
}
