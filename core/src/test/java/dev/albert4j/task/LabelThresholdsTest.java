package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.metric.MultiLabelReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Head;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LabelThresholdsTest {
    private static final List<String> LABELS = List.of("a", "b", "c");

    @Test
    void aRareLabelsThresholdIsLowered() {
        assertThat(tuned(new double[] {0.9, 0.3, 0.2, 0.1}, true, true, false, false))
                .isEqualTo(0.25);
    }

    @Test
    void aThresholdIsRaisedWhereTooMuchIsGiven() {
        assertThat(tuned(new double[] {0.9, 0.8, 0.7, 0.6}, true, true, false, false))
                .isEqualTo(0.75);
    }

    @Test
    void oneHalfStaysWhereItIsAsGoodAsAny() {
        assertThat(tuned(new double[] {0.9, 0.1}, true, false)).isEqualTo(0.5);
        assertThat(tuned(new double[] {0.9, 0.8, 0.1}, false, false, false))
                .as("no text has the label")
                .isEqualTo(0.5);
        // Both 0.05 (2 of 4 are right) and 0.5 (1 of 1) have an F1 of 2/3.
        assertThat(tuned(new double[] {0.9, 0.3, 0.2, 0.1}, true, false, false, true))
                .isEqualTo(0.5);
    }

    @Test
    void equalProbabilitiesAreGivenTogetherOrNotAtAll() {
        // To give the first two alone would be best, but the third is as probable as the second.
        double threshold = tuned(new double[] {0.4, 0.3, 0.3, 0.1}, true, true, false, false);
        assertThat(threshold).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void whatRoundingCouldSwapIsTakenForEqual() {
        assertThat(tuned(new double[] {0.300001, 0.3, 0.1}, true, false, true)).isCloseTo(0.05, within(1e-12));
    }

    @Test
    void everyTextMayHaveALabel() {
        assertThat(tuned(new double[] {0.4, 0.2}, true, true)).isEqualTo(0.1);
        assertThat(tuned(new double[] {0.0, 0.0}, true, true))
                .as("a threshold must be reachable")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"LABEL", "GLOBAL"})
    void noThresholdIsBetterThanTheOneChosen(ThresholdTuning how) {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            List<boolean[]> expected = new ArrayList<>();
            List<double[]> probabilities = new ArrayList<>();
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                boolean[] flags = new boolean[3];
                double[] values = new double[3];
                for (int c = 0; c < 3; c++) {
                    flags[c] = random.nextInt(3) == 0;
                    values[c] = random.nextInt(21) / 20.0;
                }
                expected.add(flags);
                probabilities.add(values);
            }
            double chosen = f1(how, expected, probabilities, LabelThresholds.tune(how, 3, expected, probabilities));
            for (int step = 0; step <= 40; step++) {
                LabelThresholds other = LabelThresholds.all(step / 40.0, 3);
                assertThat(f1(how, expected, probabilities, other))
                        .as("seed %s round %s threshold %s", seed, round, step / 40.0)
                        .isLessThanOrEqualTo(chosen + 1e-12);
            }
        }
    }

    /** Macro F1 is best where each label's is. */
    private static double f1(
            ThresholdTuning how, List<boolean[]> expected, List<double[]> probabilities, LabelThresholds thresholds) {
        List<boolean[]> predicted = probabilities.stream()
                .map(values -> {
                    boolean[] flags = new boolean[3];
                    for (int c = 0; c < 3; c++) {
                        flags[c] = thresholds.isReached(c, values[c]);
                    }
                    return flags;
                })
                .toList();
        MultiLabelReport report = MultiLabelReport.of(LABELS, expected, predicted);
        return how == ThresholdTuning.LABEL ? report.macroF1() : report.microF1();
    }

    @Test
    void theConfigurationKeepsThem() throws IOException {
        JsonNode field = new ObjectMapper().readTree("{\"a\": 0.25, \"b\": 1, \"c\": 0}");
        AlbertConfig config = ModelThresholds.with(config(), Map.of(LabelThresholds.FIELD, field));
        LabelThresholds thresholds = LabelThresholds.of(config, LABELS);
        assertThat(thresholds.isReached(0, 0.25)).isTrue();
        assertThat(thresholds.isReached(0, 0.2499)).isFalse();
        assertThat(thresholds.isReached(1, 0.999)).isFalse();
        assertThat(thresholds.isReached(2, 0)).isTrue();
        assertThat(thresholds.toJson(LABELS)).hasToString("{\"a\":0.25,\"b\":1.0,\"c\":0.0}");
        assertThat(LabelThresholds.of(ModelThresholds.without(config), LABELS).isReached(0, 0.4))
                .isFalse();
    }

    @Test
    void aFieldOfAnythingElseIsRefused() throws IOException {
        for (String json : List.of(
                "0.5",
                "[0.5, 0.5, 0.5]",
                "null",
                "{\"a\": 0.5, \"b\": 0.5}",
                "{\"a\": 0.5, \"b\": 0.5, \"d\": 0.5}",
                "{\"a\": 0.5, \"b\": 0.5, \"c\": 0.5, \"d\": 0.5}",
                "{\"a\": 0.5, \"b\": 0.5, \"c\": \"0.5\"}",
                "{\"a\": 0.5, \"b\": 0.5, \"c\": 1.5}",
                "{\"a\": 0.5, \"b\": 0.5, \"c\": -0.1}")) {
            AlbertConfig config =
                    ModelThresholds.with(config(), Map.of(LabelThresholds.FIELD, new ObjectMapper().readTree(json)));
            assertThatIllegalArgumentException()
                    .as(json)
                    .isThrownBy(() -> LabelThresholds.of(config, LABELS))
                    .withMessageContaining("label_thresholds")
                    .withMessageContaining("[a, b, c]");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> LabelThresholds.all(1.01, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> LabelThresholds.all(Double.NaN, 3));
    }

    private static AlbertConfig config() {
        return AlbertConfig.builder()
                .head(Head.SEQUENCE_CLASSIFICATION)
                .labels(LABELS)
                .build();
    }

    /** The threshold of a single label. */
    private static double tuned(double[] probabilities, boolean... expected) {
        List<boolean[]> flags = new ArrayList<>();
        List<double[]> values = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            flags.add(new boolean[] {expected[i]});
            values.add(new double[] {probabilities[i]});
        }
        return LabelThresholds.tune(ThresholdTuning.LABEL, 1, flags, values)
                .toJson(List.of("x"))
                .get("x")
                .doubleValue();
    }
}
