package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankingReportTest {
    @Test
    void randomRankingsAreMeasuredAsTheDefinitionsSay() {
        long seed = 17;
        SplittableRandom random = new SplittableRandom(seed);
        RankingReport.Sum sum = new RankingReport.Sum();
        double ndcg = 0;
        double mrr = 0;
        double map = 0;
        double accuracy = 0;
        int count = 200;
        for (int i = 0; i < count; i++) {
            int size = random.nextInt(1, 40);
            double[] labels = new double[size];
            double[] scores = new double[size];
            for (int d = 0; d < size; d++) {
                labels[d] = random.nextInt(5) == 0 ? random.nextInt(1, 4) : 0;
                scores[d] = random.nextDouble(-3, 3);
            }
            labels[random.nextInt(size)] = 1;
            sum.add(labels, scores);
            ndcg += ndcg(labels, scores);
            mrr += mrr(labels, scores);
            map += averagePrecision(labels, scores);
            accuracy += rank(scores, best(scores)) == 1 && labels[best(scores)] > 0 ? 1 : 0;
        }
        RankingReport report = sum.report();
        assertThat(report.ndcg()).as("seed %d", seed).isCloseTo(ndcg / count, within(1e-12));
        assertThat(report.mrr()).as("seed %d", seed).isCloseTo(mrr / count, within(1e-12));
        assertThat(report.map()).as("seed %d", seed).isCloseTo(map / count, within(1e-12));
        assertThat(report.accuracy()).as("seed %d", seed).isCloseTo(accuracy / count, within(1e-12));
        assertThat(report.numQueries()).isEqualTo(count);
    }

    @Test
    void agreesWithScikitLearn() {
        RankingReport report = report(new double[] {0, 3, 0, 1, 2, 0}, new double[] {0.9, 0.8, 0.7, 0.6, 0.5, 0.4});
        // sklearn.metrics.ndcg_score(…, k=10), average_precision_score of the labels above 0
        assertThat(report.ndcg()).isCloseTo(0.6504121821761035, within(1e-12));
        assertThat(report.map()).isCloseTo(0.5333333333333333, within(1e-12));
        assertThat(report.mrr()).isEqualTo(0.5);
        assertThat(report.accuracy()).isZero();
        assertThat(report.toReport().metrics().keySet())
                .containsExactly("ndcg_at_10", "mrr_at_10", "map", "accuracy_at_1");
    }

    @Test
    void whatTheModelCannotTellApartGainsNothingByItsOrder() {
        double[] equal = new double[20];
        double[] first = new double[20];
        first[0] = 1;
        RankingReport report = report(first, equal);
        assertThat(report.mrr()).isZero();
        assertThat(report.ndcg()).isZero();
        assertThat(report.map()).isCloseTo(1.0 / 20, within(1e-12));
    }

    @Test
    void whatIsNoRankingIsRefused() {
        for (double[][] wrong : List.of(
                new double[][] {{0, 1}, {1}},
                new double[][] {{0, 0}, {1, 2}},
                new double[][] {{-1, 1}, {1, 2}},
                new double[][] {{0, 1}, {1, Double.NaN}})) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RankingReport.Sum().add(wrong[0], wrong[1]))
                    .withMessageContaining("make no ranking");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new RankingReport.Sum().report());
    }

    private static RankingReport report(double[] labels, double[] scores) {
        RankingReport.Sum sum = new RankingReport.Sum();
        sum.add(labels, scores);
        return sum.report();
    }

    private static int best(double[] scores) {
        int best = 0;
        for (int d = 1; d < scores.length; d++) {
            best = scores[d] > scores[best] ? d : best;
        }
        return best;
    }

    private static int rank(double[] scores, int d) {
        int better = 0;
        for (double score : scores) {
            better += score > scores[d] ? 1 : 0;
        }
        return better + 1;
    }

    private static double mrr(double[] labels, double[] scores) {
        int first = Integer.MAX_VALUE;
        for (int d = 0; d < labels.length; d++) {
            first = labels[d] > 0 ? Math.min(first, rank(scores, d)) : first;
        }
        return first <= 10 ? 1.0 / first : 0;
    }

    private static double averagePrecision(double[] labels, double[] scores) {
        List<Double> precisions = new ArrayList<>();
        for (int d = 0; d < labels.length; d++) {
            if (labels[d] > 0) {
                int relevant = 0;
                for (int other = 0; other < labels.length; other++) {
                    relevant += labels[other] > 0 && scores[other] >= scores[d] ? 1 : 0;
                }
                precisions.add((double) relevant / rank(scores, d));
            }
        }
        return precisions.stream().mapToDouble(p -> p).average().orElseThrow();
    }

    private static double ndcg(double[] labels, double[] scores) {
        return gain(labels, scores) / gain(labels, tiesBroken(labels));
    }

    /** The labels themselves as scores: the best ranking; how equal ones are ranked does not matter. */
    private static double[] tiesBroken(double[] labels) {
        double[] scores = labels.clone();
        for (int d = 0; d < scores.length; d++) {
            scores[d] += d * 1e-6;
        }
        return scores;
    }

    private static double gain(double[] labels, double[] scores) {
        double sum = 0;
        for (int d = 0; d < labels.length; d++) {
            int rank = rank(scores, d);
            sum += rank <= 10 ? labels[d] / (Math.log(rank + 1) / Math.log(2)) : 0;
        }
        return sum;
    }
}
