package dev.albert4j.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.TensorOptional;
import org.jspecify.annotations.Nullable;

/**
 * How much each class counts in a cross-entropy, as the {@code weight} of PyTorch's {@code cross_entropy}: a mean is the sum of
 * weight · loss divided by the sum of the weights, each that of the example's target. Immutable.
 */
final class ClassWeights {
    /** Every class counts alike. */
    static final ClassWeights NONE = new ClassWeights(null);

    /** The text that asks for {@link #balanced}. */
    static final String BALANCED = "balanced";

    private final float @Nullable [] weights; // [C]

    private ClassWeights(float @Nullable [] weights) {
        this.weights = weights;
    }

    /** @param weights positive, [C] */
    static ClassWeights of(float... weights) {
        return new ClassWeights(weights.clone());
    }

    /**
     * Checks a text for its form.
     *
     * @return weights by label; none if the text is empty or {@code balanced}
     * @throws IllegalArgumentException if it is none of these, nor {@code label=weight,…} with positive numbers
     */
    static Map<String, Float> parse(String text) {
        Map<String, Float> weights = new LinkedHashMap<>();
        if (text.isEmpty() || text.equals(BALANCED)) {
            return weights;
        }
        for (String part : text.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            String label = part.substring(0, Math.max(0, equals)).strip();
            float weight = number(part.substring(equals + 1));
            if (label.isEmpty() || !(weight > 0 && weight <= 1e6)) {
                throw new IllegalArgumentException("\"" + text + "\" is neither " + BALANCED
                        + " nor label=weight,… with a label and a number above 0, up to 1000000");
            }
            if (weights.put(label, weight) != null) {
                throw new IllegalArgumentException("\"" + text + "\" has the label " + label + " twice");
            }
        }
        return weights;
    }

    private static float number(String text) {
        try {
            return Float.parseFloat(text.strip());
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }

    /**
     * The weights that a text asks for.
     *
     * @param text as {@link TrainConfig#classWeights}
     * @param labels the model's; those the text does not name weigh 1
     * @param examples to count the targets of
     * @throws IllegalArgumentException if the text is wrong, names another label, or the loss knows no classes
     */
    static ClassWeights of(String text, List<String> labels, Loss loss, List<Example> examples) {
        if (text.isEmpty()) {
            return NONE;
        }
        if (loss != Loss.CLASSIFICATION && loss != Loss.TOKEN_CLASSIFICATION) {
            throw new WrongSettingException(
                    "classWeights",
                    "\"" + text + "\": classes have weights in classification with one label and in ner only");
        }
        if (examples.stream().anyMatch(loss::isDistribution)) {
            throw new WrongSettingException(
                    "classWeights", "\"" + text + "\": classes have no weights where texts' labels are probabilities");
        }
        if (text.equals(BALANCED)) {
            return balanced(labels.size(), examples);
        }
        float[] weights = new float[labels.size()];
        Arrays.fill(weights, 1);
        parse(text).forEach((label, weight) -> {
            int index = labels.indexOf(label);
            if (index < 0) {
                throw new WrongSettingException("classWeights", "label " + label + " is none of " + labels);
            }
            weights[index] = weight;
        });
        return of(weights);
    }

    /**
     * scikit-learn's {@code balanced}: the number of targets, divided by the number of classes among them and by the class's own
     * number of targets. A class that is never a target weighs 1.
     */
    private static ClassWeights balanced(int numClasses, List<Example> examples) {
        long[] counts = new long[numClasses];
        long all = 0;
        for (Example example : examples) {
            for (float target : example.target()) {
                if (target != Loss.IGNORED) {
                    counts[(int) target]++;
                    all++;
                }
            }
        }
        long seen = Arrays.stream(counts).filter(count -> count > 0).count();
        float[] weights = new float[numClasses];
        for (int c = 0; c < numClasses; c++) {
            weights[c] = counts[c] == 0 ? 1 : (float) ((double) all / (seen * counts[c]));
        }
        return of(weights);
    }

    /** What a target weighs: nothing if it is {@link Loss#IGNORED}. */
    double weight(float target) {
        if (target == Loss.IGNORED) {
            return 0;
        }
        return weights == null ? 1 : weights[(int) target];
    }

    /** The same for {@code cross_entropy_loss}, [C]; belongs to the caller's {@code PointerScope}. */
    TensorOptional optional(Device device) {
        return weights == null ? new TensorOptional() : new TensorOptional(Tensors.of(weights, device));
    }
}
