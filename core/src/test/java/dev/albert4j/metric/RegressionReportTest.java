package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RegressionReportTest {
    @Test
    void agreesWithScipyWhereValuesRepeat() {
        double[] x = new double[40];
        double[] y = new double[40];
        for (int i = 0; i < 40; i++) {
            x[i] = (i * 7919) % 101 / 10.0;
            y[i] = (i * 104729 + 3) % 97 / 8 / 4.0 + (i * 7919) % 101 / 20.0;
        }
        RegressionReport report = RegressionReport.of(x, y);
        // scipy.stats.pearsonr and spearmanr, numpy
        assertThat(report.pearson()).isCloseTo(0.8771357541827368, within(1e-12));
        assertThat(report.spearman()).isCloseTo(0.8688962906505207, within(1e-12));
        assertThat(report.meanSquaredError()).isCloseTo(4.0339375, within(1e-12));
        assertThat(report.meanAbsoluteError()).isCloseTo(1.60125, within(1e-12));
        assertThat(report.toReport().metrics().keySet())
                .containsExactly("pearson", "spearman", "mean_squared_error", "mean_absolute_error");
    }

    @Test
    void aConstantSideCorrelatesWithNothing() {
        RegressionReport report = RegressionReport.of(new double[] {1, 2, 3}, new double[] {2, 2, 2});
        assertThat(report.pearson()).isZero();
        assertThat(report.spearman()).isZero();
    }

    @Test
    void listsOfDifferentLengthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegressionReport.of(new double[2], new double[3]))
                .withMessageContaining("2 expected and 3 predicted");
    }
}
