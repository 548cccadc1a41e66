package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TrainConfigTest {
    @Test
    void whatIsNotNamedIsTheDefault() {
        TrainConfig config =
                TrainConfig.parse("{\"batchSize\": 7, \"schedule\": \"CONSTANT\", \"hiddenDropout\": 0.2}");
        assertThat(config.batchSize()).isEqualTo(7);
        assertThat(config.schedule()).isEqualTo(TrainConfig.Schedule.CONSTANT);
        assertThat(config.hiddenDropout()).isEqualTo(0.2);
        assertThat(config.epochs()).isEqualTo(TrainConfig.DEFAULT.epochs());
        assertThat(TrainConfig.parse(config.toJson())).isEqualTo(config);
    }

    @Test
    void anUnknownKeyIsAnErrorThatNamesTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainConfig.parse("{\"learning_rate\": 1e-4}"))
                .withMessageContaining("learning_rate")
                .withMessageContaining("learningRate");
    }

    @Test
    void valuesThatAreNotAllowedAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainConfig.parse("{\"batchSize\": 0}"))
                .withMessageContaining("batchSize 0 is less than 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainConfig.parse("{\"wordDropout\": 1.5}"))
                .withMessageContaining("wordDropout 1.5 is not between 0.0 and 1.0");
        assertThatIllegalArgumentException().isThrownBy(() -> TrainConfig.parse("{\"batchSize\": \"many\"}"));
        assertThatIllegalArgumentException().isThrownBy(() -> TrainConfig.parse("{\"epochs\": 2.5}"));
        assertThatIllegalArgumentException().isThrownBy(() -> TrainConfig.parse("{\"epochs\": null}"));
        assertThatIllegalArgumentException().isThrownBy(() -> TrainConfig.parse("[1]"));
        assertThatIllegalArgumentException().isThrownBy(() -> TrainConfig.parse("{"));
    }
}
