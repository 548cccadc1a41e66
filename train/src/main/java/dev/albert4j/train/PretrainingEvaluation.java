package dev.albert4j.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.corpus.PretrainingExamples;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.train.PretrainingLoss.Logits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * How well a model guesses hidden words and the order of segments of documents it was not trained on: always the same examples, with
 * the same words hidden. Immutable.
 */
@SuppressWarnings("try") // scope and guard act by being open
final class PretrainingEvaluation implements TrainingTask.Development {
    private final List<Example> examples; // by length, as equal lengths share their attention
    private final boolean order;

    /**
     * @param maxExamples most examples, taken from all over the documents
     * @param order whether the order counts
     */
    PretrainingEvaluation(PretrainingExamples heldBack, int maxExamples, boolean order) {
        int count = Math.min(maxExamples, heldBack.size());
        List<Example> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(PretrainingObjective.example(heldBack.example(0, (int) ((long) i * heldBack.size() / count))));
        }
        chosen.sort(Comparator.comparingInt(Example::length));
        this.examples = List.copyOf(chosen);
        this.order = order;
    }

    /** Sums over some examples. */
    private record Sums(double tokenLoss, long rightTokens, double orderLoss, long rightOrders) {
        Sums plus(Sums other) {
            return new Sums(
                    tokenLoss + other.tokenLoss,
                    rightTokens + other.rightTokens,
                    orderLoss + other.orderLoss,
                    rightOrders + other.rightOrders);
        }
    }

    @Override
    public Report evaluate(AlbertWeights weights, ModelEncoder encoder) {
        List<List<Example>> passes = passes(encoder.maxTokens());
        Sums[] sums = new Sums[passes.size()];
        AtomicInteger next = new AtomicInteger();
        encoder.model().evaluate();
        encoder.workers().run(worker -> {
            for (int pass = next.getAndIncrement(); pass < sums.length; pass = next.getAndIncrement()) {
                sums[pass] = sums(encoder.model(), passes.get(pass));
            }
        });
        Sums all = new Sums(0, 0, 0, 0);
        for (Sums some : sums) {
            all = all.plus(some);
        }
        return report(all);
    }

    private List<List<Example>> passes(int maxTokens) {
        List<List<Example>> passes = new ArrayList<>();
        int begin = 0;
        while (begin < examples.size()) {
            int end = begin;
            long tokens = 0;
            while (end < examples.size()
                    && (end == begin || tokens + examples.get(end).length() <= maxTokens)) {
                tokens += examples.get(end++).length();
            }
            passes.add(examples.subList(begin, end));
            begin = end;
        }
        return passes;
    }

    private static Sums sums(AlbertModel model, List<Example> examples) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            Logits logits = PretrainingLoss.logits(model, examples);
            return new Sums(
                    logits.tokenLoss().item_double(),
                    right(logits.tokens(), logits.tokenTargets()),
                    logits.orderLoss().item_double(),
                    right(logits.orders(), logits.orderTargets()));
        }
    }

    private static long right(Tensor logits, long[] targets) {
        return targets.length == 0
                ? 0
                : logits.argmax(new LongOptional(1), false)
                        .eq(Tensors.of(targets, logits.device()))
                        .sum()
                        .item_long();
    }

    private Report report(Sums sums) {
        long hidden = Math.max(1, PretrainingLoss.numHidden(examples));
        double tokenLoss = sums.tokenLoss() / hidden;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("mlm_accuracy", (double) sums.rightTokens() / hidden);
        metrics.put("mlm_perplexity", Math.exp(tokenLoss));
        metrics.put("mlm_loss", tokenLoss);
        if (order) {
            metrics.put("sop_accuracy", (double) sums.rightOrders() / examples.size());
            metrics.put("sop_loss", sums.orderLoss() / examples.size());
        }
        StringBuilder text = new StringBuilder();
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("examples", examples.size()).put("hidden_tokens", hidden);
        metrics.forEach((name, value) -> {
            text.append(String.format(Locale.ROOT, "%-16s %10.4f%n", name.replace('_', ' '), value));
            json.put(name, value);
        });
        return new Report(metrics, text.toString(), json);
    }
}
