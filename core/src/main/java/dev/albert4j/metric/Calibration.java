package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How well a model's probabilities fit what happens: of all it gives about 80 %, four in five should be right. Probabilities go into
 * ten bins of equal width, the lower end of each excluded; the expected calibration error is the distance between a bin's mean
 * probability and the part of it that was right, in the mean over all examples (Guo et al. 2017, "On Calibration of Modern Neural
 * Networks", section 2). Memory does not grow with the examples. Not thread-safe.
 */
public final class Calibration {
    static final String ERROR = "expected_calibration_error";

    private static final int NUM_BINS = 10;

    private final String subject;
    private final long[] counts = new long[NUM_BINS];
    private final long[] numRight = new long[NUM_BINS];
    private final double[] sums = new double[NUM_BINS]; // of the probabilities

    /** @param subject what the probabilities are of, for a reader: {@code the predicted label} */
    public Calibration(String subject) {
        this.subject = subject;
    }

    /**
     * Takes in a probability.
     *
     * @param probability 0 to 1
     * @param right whether what it was given to was so
     */
    public void add(double probability, boolean right) {
        int bin = Math.max(0, Math.min(NUM_BINS - 1, (int) Math.ceil(probability * NUM_BINS) - 1));
        counts[bin]++;
        numRight[bin] += right ? 1 : 0;
        sums[bin] += probability;
    }

    /** The expected calibration error, 0 to 1; 0 where there are no examples, and not a number where a probability was none. */
    public double expectedError() {
        double gaps = 0;
        long count = 0;
        for (int bin = 0; bin < NUM_BINS; bin++) {
            gaps += Math.abs(sums[bin] - numRight[bin]);
            count += counts[bin];
        }
        return count == 0 ? 0 : gaps / count;
    }

    /** The bins as JSON: their borders and counts, and those of bins that are not empty: mean probability and accuracy. */
    ObjectNode toJson() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("subject", subject);
        ArrayNode bins = root.putArray("bins");
        for (int bin = 0; bin < NUM_BINS; bin++) {
            ObjectNode node = bins.addObject();
            node.put("from", bin / (double) NUM_BINS).put("to", (bin + 1) / (double) NUM_BINS);
            node.put("count", counts[bin]);
            if (counts[bin] > 0) {
                node.put("probability", sums[bin] / counts[bin]).put("accuracy", (double) numRight[bin] / counts[bin]);
            }
        }
        return root;
    }
}
