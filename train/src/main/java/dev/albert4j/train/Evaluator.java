package dev.albert4j.train;

import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.model.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs a classification model on examples during its training. Not thread-safe. */
final class Evaluator {
    private final AlbertModel model;
    private final List<Example> sorted; // by length: equal lengths share their attention
    private final int maxTokens;
    private final Workers workers;

    /**
     * @param model stays the caller's
     * @param examples to run it on
     * @param maxTokens most tokens of one pass
     * @param workers threads to run on; they stay the caller's
     */
    Evaluator(AlbertModel model, List<Example> examples, int maxTokens, Workers workers) {
        this.model = model;
        this.sorted = examples.stream()
                .sorted(Comparator.comparingInt(Example::length))
                .toList();
        this.maxTokens = maxTokens;
        this.workers = workers;
    }

    /** The model's scores with its present parameters. */
    ClassificationReport report() {
        int[] expected = sorted.stream().mapToInt(Example::label).toArray();
        int[] predicted = new int[expected.length];
        List<Integer> begins = begins();
        AtomicInteger next = new AtomicInteger();
        model.evaluate();
        workers.run(worker -> {
            int pass = next.getAndIncrement();
            while (pass < begins.size() - 1) {
                int begin = begins.get(pass);
                predict(sorted.subList(begin, begins.get(pass + 1)), predicted, begin);
                pass = next.getAndIncrement();
            }
        });
        return ClassificationReport.of(labels(), expected, predicted);
    }

    /** Where each pass begins, and the end. */
    private List<Integer> begins() {
        List<Integer> begins = new ArrayList<>();
        long tokens = Long.MAX_VALUE / 2;
        for (int i = 0; i < sorted.size(); i++) {
            tokens += sorted.get(i).length();
            if (tokens > maxTokens) {
                begins.add(i);
                tokens = sorted.get(i).length();
            }
        }
        begins.add(sorted.size());
        return begins;
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
