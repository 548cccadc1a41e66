package dev.albert4j.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.AlbertConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The probability of each label from which on it is given; kept in a model's {@code config.json}, where Hugging Face leaves it alone.
 * Immutable.
 */
final class LabelThresholds {
    /** The field of {@code config.json}: an object of labels and numbers. */
    static final String FIELD = "label_thresholds";

    private static final double DEFAULT = 0.5;

    /** Probabilities that differ by a smaller share are equal: another engine, or another batch, may swap them. */
    private static final double EQUAL = 1e-4;

    private final double[] values; // [C]

    private LabelThresholds(double[] values) {
        this.values = values;
    }

    /** @throws IllegalArgumentException if it is not between 0 and 1 */
    static LabelThresholds all(double value, int numLabels) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("threshold " + value + " is not between 0 and 1");
        }
        double[] values = new double[numLabels];
        Arrays.fill(values, value);
        return new LabelThresholds(values);
    }

    /**
     * Those of a model; one half where it has none.
     *
     * @throws IllegalArgumentException if the configuration's field is anything but a number between 0 and 1 for each label
     */
    static LabelThresholds of(AlbertConfig config, List<String> labels) {
        JsonNode field = config.others().get(FIELD);
        if (field == null) {
            return all(DEFAULT, labels.size());
        }
        double[] values = new double[labels.size()];
        for (int c = 0; c < values.length; c++) {
            JsonNode value = field.path(labels.get(c));
            values[c] = value.isNumber() ? value.doubleValue() : Double.NaN;
        }
        if (field.size() != labels.size() || !Arrays.stream(values).allMatch(value -> value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("the model's " + FIELD + " " + shortened(field)
                    + " is not an object with a number between 0 and 1 for each of its labels "
                    + TextClassifier.abbreviate(labels));
        }
        return new LabelThresholds(values);
    }

    private static String shortened(JsonNode field) {
        String text = field.toString();
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }

    /**
     * Chooses thresholds that give the best F1 on labelled texts: each label's own F1 (Yang's SCut), or that of all decisions together.
     * Between two neighbouring probabilities every threshold decides alike: of those the middle is taken, or one half if it is among
     * them; of equally good ones the nearest to one half.
     *
     * @param expected for each text, whether it has each label, [C]
     * @param probabilities for each text, [C]
     */
    static LabelThresholds tune(
            ThresholdTuning how, int numLabels, List<boolean[]> expected, List<double[]> probabilities) {
        if (how == ThresholdTuning.NONE) {
            return all(DEFAULT, numLabels);
        }
        double[] values = new double[numLabels];
        List<Decision> decisions = new ArrayList<>();
        for (int c = 0; c < numLabels; c++) {
            for (int i = 0; i < expected.size(); i++) {
                decisions.add(new Decision(probabilities.get(i)[c], expected.get(i)[c]));
            }
            if (how == ThresholdTuning.LABEL) {
                values[c] = best(decisions);
                decisions.clear();
            }
        }
        return how == ThresholdTuning.LABEL ? new LabelThresholds(values) : all(best(decisions), numLabels);
    }

    private record Decision(double probability, boolean isRight) {}

    private static double best(List<Decision> decisions) {
        decisions.sort(Comparator.comparingDouble(Decision::probability).reversed());
        long all = decisions.stream().filter(Decision::isRight).count();
        double best = DEFAULT;
        double bestF1 = 0; // nothing is given: with no text to find, one half stays
        long hits = 0;
        for (int given = 1; given <= decisions.size(); given++) {
            Decision last = decisions.get(given - 1);
            hits += last.isRight() ? 1 : 0;
            double next = given == decisions.size() ? 0 : decisions.get(given).probability();
            double f1 = 2.0 * hits / (given + all);
            double threshold = between(next, last.probability());
            boolean isNearer = Math.abs(threshold - DEFAULT) < Math.abs(best - DEFAULT);
            // Equal probabilities are decided alike.
            boolean isEnd = given == decisions.size() || next < last.probability() * (1 - EQUAL);
            if (isEnd && (f1 > bestF1 || f1 == bestF1 && f1 > 0 && isNearer)) {
                best = threshold;
                bestF1 = f1;
            }
        }
        return best;
    }

    /** A threshold above the lower and up to the upper value. */
    private static double between(double lower, double upper) {
        if (lower < DEFAULT && DEFAULT <= upper) {
            return DEFAULT;
        }
        double middle = lower + (upper - lower) / 2;
        return middle > lower ? middle : upper;
    }

    /** Whether a label is given. */
    boolean isReached(int label, double probability) {
        return probability >= values[label];
    }

    /** The value of {@link #FIELD}. */
    JsonNode toJson(List<String> labels) {
        ObjectNode field = new ObjectMapper().createObjectNode();
        for (int c = 0; c < values.length; c++) {
            field.put(labels.get(c), values[c]);
        }
        return field;
    }
}
