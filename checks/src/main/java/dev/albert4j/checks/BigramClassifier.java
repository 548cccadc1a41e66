package dev.albert4j.checks;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import dev.albert4j.data.LabeledText;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model that reads has to beat: logistic regression on the words and pairs of neighbouring words of a text, each weighted
 * by naive Bayes' log-count ratio (Wang and Manning, Baselines and Bigrams, 2012). For two labels. Immutable and thread-safe.
 */
final class BigramClassifier {
    /** Words, and the marks of exclamation and question. */
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}']*|[!?]");

    private static final Pattern LINE_BREAK = Pattern.compile("<br */?>");
    /** Features of fewer training texts are left out. */
    private static final int MIN_TEXTS = 2;
    /** liblinear's C: how much a mistake costs beside the weights' size. */
    private static final double COST = 0.1;

    private static final double TOLERANCE = 0.01;

    private final List<String> labels;
    private final Map<String, Integer> numbers; // of the features, from 1
    private final double[] ratios; // by feature number; the first is unused
    private final Model model;

    private BigramClassifier(List<String> labels, Map<String, Integer> numbers, double[] ratios, Model model) {
        this.labels = labels;
        this.numbers = numbers;
        this.ratios = ratios;
        this.model = model;
    }

    /** @throws IllegalArgumentException if the texts have not just two labels */
    static BigramClassifier train(List<LabeledText> texts) {
        List<String> labels =
                List.copyOf(new TreeSet<>(texts.stream().map(LabeledText::label).toList()));
        if (labels.size() != 2) {
            throw new IllegalArgumentException("two labels are needed, not " + labels);
        }
        Map<String, int[]> counts = new TreeMap<>(); // texts of each label that have the feature
        for (LabeledText text : texts) {
            int label = labels.indexOf(text.label());
            features(text.text()).forEach(feature -> counts.computeIfAbsent(feature, key -> new int[2])[label]++);
        }
        counts.values().removeIf(count -> count[0] + count[1] < MIN_TEXTS);
        Map<String, Integer> numbers = new HashMap<>();
        double[] ratios = new double[counts.size() + 1];
        double[] totals = new double[2];
        counts.values().forEach(count -> {
            totals[0] += count[0] + 1;
            totals[1] += count[1] + 1;
        });
        counts.forEach((feature, count) -> {
            numbers.put(feature, numbers.size() + 1);
            ratios[numbers.size()] = Math.log((count[1] + 1) / totals[1]) - Math.log((count[0] + 1) / totals[0]);
        });
        Problem problem = new Problem();
        problem.l = texts.size();
        problem.n = numbers.size();
        problem.x =
                texts.stream().map(text -> nodes(text.text(), numbers, ratios)).toArray(Feature[][]::new);
        problem.y =
                texts.stream().mapToDouble(text -> labels.indexOf(text.label())).toArray();
        Linear.disableDebugOutput();
        Model model = Linear.train(problem, new Parameter(SolverType.L2R_LR, COST, TOLERANCE));
        return new BigramClassifier(labels, numbers, ratios, model);
    }

    /** The two labels, sorted. */
    List<String> labels() {
        return labels;
    }

    /** @throws IllegalArgumentException if there is no such label */
    int index(String label) {
        if (!labels.contains(label)) {
            throw new IllegalArgumentException("label \"" + label + "\" is none of " + labels);
        }
        return labels.indexOf(label);
    }

    /** The probability that a text is of the second label. */
    double probability(String text) {
        double[] probabilities = new double[2];
        Linear.predictProbability(model, nodes(text, numbers, ratios), probabilities);
        return probabilities[model.getLabels()[0] == 1 ? 0 : 1];
    }

    private static Feature[] nodes(String text, Map<String, Integer> numbers, double[] ratios) {
        int[] known = features(text).stream()
                .filter(numbers::containsKey)
                .mapToInt(numbers::get)
                .sorted()
                .toArray();
        return Arrays.stream(known)
                .mapToObj(number -> new FeatureNode(number, ratios[number]))
                .toArray(Feature[]::new);
    }

    private static Set<String> features(String text) {
        Set<String> features = new HashSet<>();
        String before = "";
        Matcher word =
                WORD.matcher(LINE_BREAK.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" "));
        while (word.find()) {
            features.add(word.group());
            if (!before.isEmpty()) {
                features.add(before + " " + word.group());
            }
            before = word.group();
        }
        return features;
    }
}
