package dev.albert4j.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How well texts are ranked for queries: means over the queries. A text is relevant if its label is above 0. Where texts have equal
 * scores, the less relevant one counts as ranked first, so that a model that cannot tell them apart gains nothing by their order.
 * Immutable.
 *
 * @param ndcg of the first ten: gains are the labels, discounted by {@code log2(rank + 1)}, as a share of the best ranking's
 * @param mrr 1 / rank of the first relevant text, 0 beyond rank ten
 * @param map average precision: the mean, over the relevant texts, of the share of relevant ones down to its rank
 * @param accuracy whether the first text is relevant
 * @param numQueries how many there were
 */
public record RankingReport(double ndcg, double mrr, double map, double accuracy, int numQueries) {
    private static final int CUTOFF = 10;

    /** Adds queries up; not thread-safe. */
    public static final class Sum {
        private double ndcg;
        private double mrr;
        private double map;
        private double accuracy;
        private int numQueries;

        /**
         * Adds a query.
         *
         * @param labels of its texts, 0 or more, one at least above 0
         * @param scores of its texts, the highest for the best
         * @throws IllegalArgumentException if the lengths differ, a number is not finite, or no label is above 0
         */
        public void add(double[] labels, double[] scores) {
            double[] ranked = ranked(labels, scores);
            double ideal = gain(Arrays.stream(labels)
                    .map(label -> -label)
                    .sorted()
                    .map(label -> -label)
                    .toArray());
            int found = 0;
            double precisions = 0;
            for (int rank = 1; rank <= ranked.length; rank++) {
                if (ranked[rank - 1] > 0) {
                    found++;
                    precisions += (double) found / rank;
                    mrr += found == 1 && rank <= CUTOFF ? 1.0 / rank : 0;
                }
            }
            ndcg += gain(ranked) / ideal;
            map += precisions / found;
            accuracy += ranked[0] > 0 ? 1 : 0;
            numQueries++;
        }

        private static double[] ranked(double[] labels, double[] scores) {
            boolean finite = Arrays.stream(labels).allMatch(label -> label >= 0 && Double.isFinite(label))
                    && Arrays.stream(scores).allMatch(Double::isFinite);
            if (labels.length != scores.length
                    || !finite
                    || Arrays.stream(labels).noneMatch(label -> label > 0)) {
                throw new IllegalArgumentException("labels " + Arrays.toString(labels) + " and scores "
                        + Arrays.toString(scores) + " make no ranking: as many finite numbers are needed, no label"
                        + " below 0, and one above");
            }
            return IntStream.range(0, labels.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparingDouble(i -> labels[i]))
                    .mapToDouble(i -> labels[i])
                    .toArray();
        }

        private static double gain(double[] ranked) {
            double sum = 0;
            for (int i = 0; i < Math.min(CUTOFF, ranked.length); i++) {
                sum += ranked[i] * Math.log(2) / Math.log(i + 2);
            }
            return sum;
        }

        /** @throws IllegalArgumentException if there was no query */
        public RankingReport report() {
            if (numQueries == 0) {
                throw new IllegalArgumentException("there is no query to measure a ranking on");
            }
            double n = numQueries;
            return new RankingReport(ndcg / n, mrr / n, map / n, accuracy / n, numQueries);
        }
    }

    /** The same as a report: {@code ndcg_at_10}, {@code mrr_at_10}, {@code map}, {@code accuracy_at_1}. */
    public Report toReport() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("ndcg_at_10", ndcg);
        metrics.put("mrr_at_10", mrr);
        metrics.put("map", map);
        metrics.put("accuracy_at_1", accuracy);
        return Report.of(metrics, numQueries);
    }
}
