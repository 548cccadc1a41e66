package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoogleVariablesTest {
    private static final String GROUP = "bert/encoder/transformer/group_1/inner_group_2/";
    private static final String LAYER = "albert.encoder.albert_layer_groups.1.albert_layers.2.";

    @ParameterizedTest
    @CsvSource({
        "bert/embeddings/word_embeddings, albert.embeddings.word_embeddings.weight",
        "module/bert/embeddings/word_embeddings, albert.embeddings.word_embeddings.weight",
        "bert/embeddings/token_type_embeddings, albert.embeddings.token_type_embeddings.weight",
        "bert/embeddings/position_embeddings, albert.embeddings.position_embeddings.weight",
        "bert/embeddings/LayerNorm/beta, albert.embeddings.LayerNorm.bias",
        "bert/embeddings/LayerNorm/gamma, albert.embeddings.LayerNorm.weight",
        "bert/encoder/embedding_hidden_mapping_in/kernel, albert.encoder.embedding_hidden_mapping_in.weight",
        "bert/pooler/dense/bias, albert.pooler.bias",
        "cls/predictions/transform/dense/kernel, predictions.dense.weight",
        "cls/predictions/transform/LayerNorm/gamma, predictions.LayerNorm.weight",
        "cls/predictions/output_bias, predictions.bias",
        "cls/seq_relationship/output_weights, sop_classifier.classifier.weight",
        "cls/seq_relationship/output_bias, sop_classifier.classifier.bias",
        "cls/squad/output_weights, qa_outputs.weight",
        "output_weights, classifier.weight",
        "output_bias, classifier.bias",
        "something/else/kernel, something/else/kernel",
        "bert/embeddings/LayerNorm/delta, bert/embeddings/LayerNorm/delta",
    })
    void variablesAreParameters(String variable, String parameter) {
        assertThat(GoogleVariables.parameterOf(variable)).isEqualTo(parameter);
    }

    @ParameterizedTest
    @CsvSource({
        "attention_1/self/query/kernel, attention.query.weight",
        "attention_1/self/key/bias, attention.key.bias",
        "attention_1/self/value/kernel, attention.value.weight",
        "attention_1/output/dense/bias, attention.dense.bias",
        "LayerNorm/gamma, attention.LayerNorm.weight",
        "ffn_1/intermediate/dense/kernel, ffn.weight",
        "ffn_1/intermediate/output/dense/bias, ffn_output.bias",
        "LayerNorm_1/beta, full_layer_layer_norm.bias",
    })
    void variablesOfALayerAreParametersOfALayer(String variable, String parameter) {
        assertThat(GoogleVariables.parameterOf(GROUP + variable)).isEqualTo(LAYER + parameter);
    }

    @Test
    void theStateOfTheTrainingIsSkipped() {
        assertThat(GoogleVariables.isTrainingState("global_step")).isTrue();
        assertThat(GoogleVariables.isTrainingState("bert/pooler/dense/kernel/adam_m"))
                .isTrue();
        assertThat(GoogleVariables.isTrainingState("bert/pooler/dense/kernel/adam_v"))
                .isTrue();
        assertThat(GoogleVariables.isTrainingState("bert/pooler/dense/kernel")).isFalse();
    }

    @Test
    void kernelsAreTransposedAndOutputWeightsAreNot() {
        assertThat(GoogleVariables.isTransposed("bert/pooler/dense/kernel")).isTrue();
        assertThat(GoogleVariables.isTransposed("cls/seq_relationship/output_weights"))
                .isFalse();
    }
}
