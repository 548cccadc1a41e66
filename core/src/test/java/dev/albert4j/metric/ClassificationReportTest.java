package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassificationReportTest {
    /** Expected values: scikit-learn's classification_report on the same classes, zero_division = 0. */
    @Test
    void countsAsScikitLearn() {
        ClassificationReport report = ClassificationReport.of(
                List.of("a", "b", "c", "d"),
                new int[] {0, 0, 0, 1, 1, 2, 2, 2, 2, 1},
                new int[] {0, 1, 0, 1, 2, 2, 2, 0, 2, 3});
        assertThat(report.accuracy()).isEqualTo(0.6);
        assertThat(report.classes().get(0).precision()).isEqualTo(2 / 3.0);
        assertThat(report.classes().get(0).recall()).isEqualTo(2 / 3.0);
        assertThat(report.classes().get(1).precision()).isEqualTo(0.5);
        assertThat(report.classes().get(1).recall()).isEqualTo(1 / 3.0);
        assertThat(report.classes().get(1).f1()).isCloseTo(0.4, within(1e-12));
        assertThat(report.classes().get(2).f1()).isCloseTo(0.75, within(1e-12));
        assertThat(report.classes().get(3).f1()).isZero();
        assertThat(report.macroF1()).isCloseTo(0.454166666666, within(1e-9));
        assertThat(report.toJson().get("weighted avg").get("f1-score").asDouble())
                .isCloseTo(0.62, within(1e-9));
    }

    @Test
    void theTextShowsEveryClassAndTheConfusionMatrix() {
        ClassificationReport report =
                ClassificationReport.of(List.of("neg", "pos"), new int[] {0, 0, 1}, new int[] {0, 1, 1});
        assertThat(report.toText().lines().map(String::stripTrailing))
                .contains(
                        "         neg     1.0000    0.5000    0.6667         2",
                        "         pos     0.5000    1.0000    0.6667         1",
                        "    accuracy                         0.6667         3",
                        "         neg      1     1",
                        "         pos      0     1");
        ObjectNode json = report.toJson();
        assertThat(json.at("/classes/neg/recall").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/confusion_matrix/rows_expected_columns_predicted/0/1")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void ofManyClassesTheMostConfusedPairsStandInPlaceOfTheMatrix() {
        List<String> labels = IntStream.range(0, 60).mapToObj(i -> "class " + i).toList();
        int[] expected = IntStream.range(0, 600).map(i -> i % 60).toArray();
        int[] predicted = expected.clone();
        predicted[3] = predicted[63] = predicted[123] = 5;
        predicted[4] = 6;
        ClassificationReport report = ClassificationReport.of(labels, expected, predicted);
        assertThat(report.mostConfused())
                .containsExactly(
                        new ClassificationReport.Confused("class 3", "class 5", 3, 0.3),
                        new ClassificationReport.Confused("class 4", "class 6", 1, 0.1));
        assertThat(report.toText()).contains("most confused").doesNotContain("confusion matrix");
        assertThat(report.toText().lines()).allMatch(line -> line.length() < 80);
        assertThat(report.toJson().at("/most_confused/0/count").intValue()).isEqualTo(3);
        int[] allWrong = IntStream.range(0, 600).map(i -> (i * 7 + 1) % 60).toArray();
        assertThat(ClassificationReport.of(labels, expected, allWrong).mostConfused())
                .hasSize(20);
    }

    @Test
    void unequalOrEmptyInputIsRefused() {
        assertThatThrownBy(() -> ClassificationReport.of(List.of("a"), new int[1], new int[2]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ClassificationReport.of(List.of("a"), new int[0], new int[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
