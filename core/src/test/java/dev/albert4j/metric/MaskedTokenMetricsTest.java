package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MaskedTokenMetricsTest {
    @Test
    void perplexityIsThePowerOfTheCrossEntropyAndTheLowerTheBetter() {
        MaskedTokenMetrics metrics = new MaskedTokenMetrics(8, 2, Math.log(5));
        assertThat(metrics.perplexity()).isCloseTo(5, within(1e-12));
        assertThat(metrics.accuracy()).isEqualTo(0.25);
        Report report = metrics.toReport();
        assertThat(report.metrics()).containsOnlyKeys("perplexity", "accuracy");
        assertThat(Report.isLowerBetter(report.metrics().keySet().iterator().next()))
                .isTrue();
        assertThat(Report.isLowerBetter("accuracy")).isFalse();
        assertThat(report.text()).contains("2 of 8 hidden pieces");
        assertThat(report.json().get("predictions").asInt()).isEqualTo(8);
    }

    @Test
    void noPredictionsAreNoFigures() {
        assertThatThrownBy(() -> new MaskedTokenMetrics(0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing was hidden");
    }
}
