package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultiLabelReportTest {
    @Test
    void agreesWithScikitLearn() {
        List<boolean[]> expected = new ArrayList<>();
        List<boolean[]> predicted = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            boolean[] is = new boolean[4];
            boolean[] said = new boolean[4];
            for (int c = 0; c < 4; c++) {
                boolean base = (i * 31 + c * 17) % 5 < 2;
                is[c] = base && c != 3; // the last label never occurs
                said[c] = base != ((i * 13 + c * 7) % 6 == 0);
            }
            expected.add(is);
            predicted.add(said);
        }
        MultiLabelReport report = MultiLabelReport.of(List.of("a", "b", "c", "d"), expected, predicted);
        // classification_report(output_dict=True, zero_division=0), accuracy_score
        assertThat(report.microF1()).isCloseTo(0.6938775510204082, within(1e-12));
        assertThat(report.macroF1()).isCloseTo(0.6020483581459191, within(1e-12));
        assertThat(report.exactMatch()).isCloseTo(0.3, within(1e-12));
        var json = report.toReport().json();
        assertThat(json.at("/micro_precision").doubleValue()).isCloseTo(0.5862068965517241, within(1e-12));
        assertThat(json.at("/macro_recall").doubleValue()).isCloseTo(0.6375, within(1e-12));
        assertThat(json.at("/classes/a/f1-score").doubleValue()).isCloseTo(0.7804878048780488, within(1e-12));
        assertThat(json.at("/classes/d/recall").doubleValue()).isZero();
        assertThat(report.toReport().text()).contains("micro avg", "exact match");
    }

    @Test
    void listsOfDifferentLengthAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MultiLabelReport.of(List.of("a"), List.of(), List.of()))
                .withMessageContaining("0 expected and 0 predicted");
    }
}
