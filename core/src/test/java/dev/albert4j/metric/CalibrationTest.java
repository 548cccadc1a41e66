package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void theErrorIsThatOfThePlainDefinition() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            int n = random.nextInt(1, 400);
            double[] probabilities = new double[n];
            boolean[] right = new boolean[n];
            Calibration calibration = new Calibration("a label");
            for (int i = 0; i < n; i++) {
                probabilities[i] = random.nextInt(8) == 0 ? random.nextInt(17) / 16.0 : random.nextDouble();
                right[i] = random.nextBoolean();
                calibration.add(probabilities[i], right[i]);
            }
            assertThat(calibration.expectedError())
                    .as("seed %d, round %d", seed, round)
                    .isCloseTo(plain(probabilities, right), within(1e-12));
        }
    }

    /** Guo et al. 2017, equations 2 to 5: the sum over bins of |B| / n · |acc(B) − conf(B)|. */
    private static double plain(double[] probabilities, boolean[] right) {
        double error = 0;
        for (int bin = 0; bin < 10; bin++) {
            double from = bin == 0 ? -1 : bin / 10.0;
            double to = (bin + 1) / 10.0;
            int[] members = IntStream.range(0, right.length)
                    .filter(i -> probabilities[i] > from && probabilities[i] <= to)
                    .toArray();
            if (members.length > 0) {
                double confidence = IntStream.of(members)
                        .mapToDouble(i -> probabilities[i])
                        .average()
                        .orElseThrow();
                double accuracy = IntStream.of(members)
                        .mapToDouble(i -> right[i] ? 1 : 0)
                        .average()
                        .orElseThrow();
                error += (double) members.length / right.length * Math.abs(accuracy - confidence);
            }
        }
        return error;
    }

    @Test
    void aModelThatIsRightAsOftenAsItSaysHasNoError() {
        Calibration calibration = new Calibration("a label");
        for (int i = 0; i < 4; i++) {
            calibration.add(0.75, i > 0);
            calibration.add(1, true);
            calibration.add(0, false);
        }
        assertThat(calibration.expectedError()).isZero();
        assertThat(new Calibration("nothing").expectedError()).isZero();
    }

    @Test
    void binsHaveTheirUpperEnds() {
        Calibration calibration = new Calibration("a label");
        for (double probability : new double[] {0, 0.1, 0.100001, 0.5, 0.95, 1}) {
            calibration.add(probability, true);
        }
        JsonNode bins = calibration.toJson().get("bins");
        assertThat(bins.findValues("count").stream().map(JsonNode::intValue))
                .isEqualTo(List.of(2, 1, 0, 0, 1, 0, 0, 0, 0, 2));
        assertThat(bins.at("/9/probability").doubleValue()).isEqualTo(0.975);
        assertThat(bins.at("/9/accuracy").doubleValue()).isEqualTo(1);
        assertThat(bins.get(2).has("accuracy")).isFalse();
    }

    @Test
    void whatIsNoProbabilityMakesNoNumber() {
        Calibration calibration = new Calibration("a label");
        calibration.add(Double.NaN, true);
        calibration.add(0.5, true);
        assertThat(calibration.expectedError()).isNaN();
    }

    @Test
    void aReportHasTheErrorAsANumberALineAndBins() {
        Calibration calibration = new Calibration("the predicted label");
        calibration.add(0.75, false);
        Report report = ClassificationReport.of(List.of("a", "b"), new int[] {0}, new int[] {1})
                .toReport();
        Report more = report.with(calibration);
        assertThat(more.metric("expected_calibration_error")).isEqualTo(0.75);
        assertThat(more.metrics().keySet()).containsExactly("macro_f1", "accuracy", "expected_calibration_error");
        assertThat(more.text()).startsWith(report.text()).contains("expected calibration error 0.7500");
        assertThat(more.json().get("expected_calibration_error").doubleValue()).isEqualTo(0.75);
        assertThat(more.json().at("/calibration/bins")).hasSize(10);
        assertThat(report.json().has("calibration")).isFalse();
    }
}
