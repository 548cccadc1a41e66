package dev.albert4j.train;

import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.model.Batch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs a classification model on examples during its training. Not thread-safe. */
final class Evaluator {
    private final AlbertModel model;
    private final List<Example> sorted; // by length: equal lengths share their attention
    private final int maxTokens;

    /**
     * @param model stays the caller's
     * @param examples to run it on
     * @param maxTokens most tokens of one pass
     */
    Evaluator(AlbertModel model, List<Example> examples, int maxTokens) {
        this.model = model;
        this.sorted = examples.stream()
                .sorted(Comparator.comparingInt(Example::length))
                .toList();
        this.maxTokens = maxTokens;
    }

    /** The model's scores with its present parameters. */
    ClassificationReport report() {
        int[] expected = sorted.stream().mapToInt(Example::label).toArray();
        int[] predicted = new int[expected.length];
        int begin = 0;
        while (begin < sorted.size()) {
            int end = begin + 1;
            int tokens = sorted.get(begin).length();
            while (end < sorted.size() && tokens + sorted.get(end).length() <= maxTokens) {
                tokens += sorted.get(end++).length();
            }
            predict(sorted.subList(begin, end), predicted, begin);
            begin = end;
        }
        return ClassificationReport.of(labels(), expected, predicted);
    }

    private List<String> labels() {
        return model.config().labels();
    }

    @SuppressWarnings("try") // scope and guard act by being open
    private void predict(List<Example> examples, int[] predicted, int begin) {
        int[][] ids = examples.stream().map(Example::ids).toArray(int[][]::new);
        int[][] typeIds = examples.stream().map(Example::typeIds).toArray(int[][]::new);
        float[] logits; // [B, C]
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            model.setTraining(false);
            Tensor output = model.logits(PackedBatch.of(Batch.of(ids, typeIds)));
            logits = Tensors.floats(output);
        }
        int numLabels = labels().size();
        for (int i = 0; i < ids.length; i++) {
            predicted[begin + i] = argmax(Arrays.copyOfRange(logits, i * numLabels, (i + 1) * numLabels));
        }
    }

    private static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
