package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlbertConfigTest {
    @TempDir
    Path directory;

    private AlbertConfig read(String json) throws IOException {
        Path file = directory.resolve("config.json");
        Files.writeString(file, json.replace('\'', '"'));
        return AlbertConfig.read(file);
    }

    @Test
    void missingFieldsHaveHuggingFacesDefaults() throws IOException {
        assertThat(read("{'model_type':'albert'}"))
                .isEqualTo(AlbertConfig.builder().build());
        assertThat(AlbertConfig.builder().build().hiddenAct()).isEqualTo(Activation.GELU_TANH);
    }

    @Test
    void theSizeOfAHeadIsWrittenWhereHeadsWerePruned() throws IOException {
        AlbertConfig whole =
                AlbertConfig.builder().hiddenSize(24).numAttentionHeads(3).build();
        assertThat(whole.headSize()).isEqualTo(8);
        Path file = directory.resolve("config.json");
        whole.write(file);
        assertThat(file).content().doesNotContain("attention_head_size");
        AlbertConfig pruned = whole.toBuilder().numAttentionHeads(2).headSize(8).build();
        assertThat(pruned.attentionSize()).isEqualTo(16);
        pruned.write(file);
        assertThat(file).content().contains("\"attention_head_size\": 8");
        AlbertConfig read = AlbertConfig.read(file);
        assertThat(read.headSize()).isEqualTo(8);
        assertThat(read.numAttentionHeads()).isEqualTo(2);
        assertThat(read.toBuilder().build()).isEqualTo(read);
        assertThat(AlbertParameters.of(read)).anySatisfy(parameter -> {
            assertThat(parameter.name()).endsWith("attention.dense.weight");
            assertThat(parameter.shape()).containsExactly(24, 16);
        });
        assertThatThrownBy(() -> read("{'model_type':'albert','attention_head_size':0}"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("headSize 0 is not positive");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Map<String, JsonNode> others = new LinkedHashMap<>();
        others.put("bos_token_id", IntNode.valueOf(101));
        others.put("my_note", TextNode.valueOf("kept"));
        others.put("nothing", NullNode.getInstance());
        AlbertConfig config = AlbertConfig.builder()
                .head(Head.SEQUENCE_CLASSIFICATION)
                .vocabSize(100)
                .embeddingSize(8)
                .hiddenSize(24)
                .numHiddenLayers(4)
                .numHiddenGroups(2)
                .innerGroupNum(3)
                .numAttentionHeads(3)
                .intermediateSize(48)
                .hiddenAct(Activation.RELU)
                .hiddenDropoutProb(0.1)
                .attentionProbsDropoutProb(0.2)
                .classifierDropoutProb(0.3)
                .maxPositionEmbeddings(64)
                .typeVocabSize(3)
                .initializerRange(0.05)
                .layerNormEps(1e-6)
                .labels(List.of("schlecht", "gut", "größer"))
                .problemType(ProblemType.MULTI_LABEL_CLASSIFICATION)
                .others(others)
                .build();
        Path file = directory.resolve("config.json");
        config.write(file);
        AlbertConfig again = AlbertConfig.read(file);
        assertThat(again.others())
                .containsEntry("my_note", TextNode.valueOf("kept"))
                .containsEntry("nothing", NullNode.getInstance())
                .containsEntry("bos_token_id", IntNode.valueOf(101))
                .containsEntry("eos_token_id", IntNode.valueOf(3));
        assertThat(again.toBuilder().others(others).build()).isEqualTo(config);
        again.write(file);
        assertThat(AlbertConfig.read(file)).isEqualTo(again);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'hidden_act':'gelu'}                                | GELU_TANH",
                "{'hidden_act':'gelu','model_type':'albert'}          | GELU_ERF",
                "{'hidden_act':'gelu','architectures':['AlbertModel']} | GELU_ERF",
                "{'hidden_act':'gelu_new','model_type':'albert'}      | GELU_TANH",
                "{'hidden_act':'gelu_fast','model_type':'albert'}     | GELU_TANH",
                "{'hidden_act':'gelu_pytorch_tanh'}                   | GELU_TANH",
                "{'hidden_act':'relu'}                                | RELU",
                "{}                                                   | GELU_TANH",
            })
    void geluIsTheTanhFormInGooglesFilesAndErfInHuggingFaces(String json, Activation expected) throws IOException {
        AlbertConfig config = read(json);
        assertThat(config.hiddenAct()).isEqualTo(expected);
        Path file = directory.resolve("again.json");
        config.write(file);
        assertThat(AlbertConfig.read(file).hiddenAct()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'hidden_size':'768'}                | hidden_size is \"768\", not an integer",
                "{'hidden_size':768.5}                | hidden_size is 768.5, not an integer",
                "{'hidden_size':99999999999}          | hidden_size is 99999999999, not an integer",
                "{'hidden_size':true}                 | hidden_size is true, not an integer",
                "{'layer_norm_eps':'a'}               | layer_norm_eps is \"a\", not a number",
                "{'hidden_act':'swish'}               | hidden_act is \"swish\", not one of gelu, gelu_new",
                "{'hidden_act':3}                     | hidden_act is 3, not one of",
                "{'model_type':'bert'}                | model_type is \"bert\", only \"albert\" is read",
                "{'architectures':['BertModel']}      | architectures is [\"BertModel\"], not one of [AlbertModel",
                "{'architectures':['AlbertModel','AlbertForMaskedLM']} | not one of [AlbertModel",
                "{'problem_type':'guess'}             | problem_type is \"guess\", not one of single_label",
                "{'vocab_size':0}                     | vocabSize 0 is not positive",
                "{'num_attention_heads':-1}           | numAttentionHeads -1 is not positive",
                "{'num_attention_heads':7}            | hiddenSize 4096 is not divisible by numAttentionHeads 7",
                "{'hidden_dropout_prob':1}            | hiddenDropoutProb 1.0 is not a probability",
                "{'vocab_size':2147483647}            | vocabSize × embeddingSize is 2147483647 × 128",
                "{'hidden_size':65536}                | hiddenSize × hiddenSize is 65536 × 65536, at most",
                "{'num_hidden_layers':1000000}        | numHiddenLayers × innerGroupNum is 1000000 × 1",
                "{'num_hidden_groups':1000000}        | numHiddenGroups × innerGroupNum is 1000000 × 1",
                "{'num_labels':-1}                    | num_labels is -1",
                "{'num_labels':2000000}               | num_labels is 2000000",
                "{'id2label':['a']}                   | id2label is [\"a\"], not an object",
                "{'id2label':{'0':'a','2':'b'}}       | id2label has 2 entries but none for \"1\"",
                "{'id2label':{'0':'a','1':7}}         | id2label \"1\" is 7, not a string",
                "{'id2label':{'0':'a','1':'a'}}       | label a occurs twice",
                "{'id2label':{'0':'a','1':'b'},'num_labels':3} | id2label has 2 labels, num_labels is 3",
                "{'id2label':{'0':'a','1':'b'},'label2id':{'a':1,'b':0}} | id2label says 0 is \"a\", label2id says 1",
                "{'id2label':{'0':'a','1':'b'},'label2id':{'a':0}} | contradicts id2label",
                "{'id2label':{'0':'a'},'architectures':['AlbertForQuestionAnswering']} | two outputs, not 1 labels",
                "{'id2label':{'0':'a'},'problem_type':'single_label_classification','architectures':['AlbertForSequenceClassification']} | needs two labels",
            })
    void aBadFieldIsNamedWithWhatWasFound(String json, String problem) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("config.json: ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("\n");
    }

    @Test
    void theNumberOfLabelsIsThatOfTheNames() throws IOException {
        assertThat(read("{'id2label':{'1':'b','0':'a','2':'c'}}").labels()).containsExactly("a", "b", "c");
        assertThat(read("{'num_labels':3}").labels()).containsExactly("LABEL_0", "LABEL_1", "LABEL_2");
        assertThat(read("{}").numLabels()).isEqualTo(2);
        assertThat(read("{'problem_type':null,'id2label':null}").labels()).isEmpty();
    }

    @Test
    void whatTheModelIsFineTunedForIsSaid() throws IOException {
        AlbertConfig config = read("{'finetuning_task':'rerank','other':1}");
        assertThat(config.finetuningTask()).isEqualTo("rerank");
        assertThat(read("{'finetuning_task':3}").finetuningTask()).isEmpty();
        AlbertConfig without = config.toBuilder().finetuningTask("").build();
        assertThat(without.finetuningTask()).isEmpty();
        assertThat(without.others()).containsOnlyKeys("other");
        assertThat(without.toBuilder().finetuningTask("rerank").build()).isEqualTo(config);
    }

    @Test
    void exitClassifiersAreAFieldOfTheirOwnAndOfClassifiersOfOneLabel() throws IOException {
        String classifier =
                "'architectures':['AlbertForSequenceClassification'],'num_hidden_layers':3,'exit_classifiers':";
        AlbertConfig config = read("{" + classifier + "true}");
        assertThat(config.exitClassifiers()).isTrue();
        assertThat(ConfigFile.toJson(config).get("exit_classifiers").asBoolean())
                .isTrue();
        AlbertConfig without = config.toBuilder().exitClassifiers(false).build();
        assertThat(read("{" + classifier + "false}")).isEqualTo(without);
        assertThat(ConfigFile.toJson(without).has("exit_classifiers")).isFalse();
        List<String> added = AlbertParameters.of(config).stream()
                .filter(parameter -> !AlbertParameters.of(without).contains(parameter))
                .map(AlbertParameters.Parameter::toString)
                .toList();
        assertThat(added)
                .containsExactly(
                        "Parameter[name=exit_classifiers.0.weight, shape=[2, 4096]]",
                        "Parameter[name=exit_classifiers.0.bias, shape=[2]]",
                        "Parameter[name=exit_classifiers.1.weight, shape=[2, 4096]]",
                        "Parameter[name=exit_classifiers.1.bias, shape=[2]]");
        assertThatThrownBy(() -> read("{" + classifier + "1}")).hasMessageContaining("exit_classifiers is 1, not true");
        assertThatThrownBy(() -> read("{" + classifier + "true,'problem_type':'multi_label_classification'}"))
                .hasMessageContaining("exitClassifiers are for AlbertForSequenceClassification with one label a text");
        assertThatThrownBy(() -> read("{'architectures':['AlbertForTokenClassification'],'exit_classifiers':true}"))
                .hasMessageContaining("but the model is AlbertForTokenClassification");
        assertThatThrownBy(() -> config.toBuilder().numHiddenLayers(1).build())
                .hasMessage("exitClassifiers need two layers or more, not 1");
    }

    /** Rounding parts the two formulas for 24 of the pairs with G ≤ L ≤ 48. */
    @Test
    void googlesGroupsDifferForTwentyFourPairsOfLayersAndGroups() {
        List<List<Integer>> differing = new ArrayList<>();
        for (int layers = 1; layers <= 48; layers++) {
            for (int groups = 1; groups <= layers; groups++) {
                AlbertConfig config = AlbertConfig.builder()
                        .numHiddenLayers(layers)
                        .numHiddenGroups(groups)
                        .build();
                if (!config.sameGroupsAsGoogle()) {
                    differing.add(List.of(layers, groups));
                }
                for (int layer = 0; layer < layers; layer++) {
                    assertThat(config.groupOf(layer)).isBetween(0, groups - 1);
                }
            }
        }
        assertThat(differing).hasSize(24).startsWith(List.of(18, 14), List.of(22, 22));
    }
}
