package dev.albert4j.train;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.tokenize.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * How much a model's loss depends on each attention head and each feed-forward neuron: the mean over examples of |∂loss/∂ξ| at
 * ξ = 1, where ξ is a factor of the head's or neuron's output in every layer that shares it (Michel et al. 2019, section 4.1; for
 * neurons the first-order Taylor criterion of Molchanov et al. 2017). It is 0 for what nothing depends on.
 *
 * <p>A head's output enters the model through its columns W of the output projection alone, so that ∂loss/∂ξ is the sum of
 * W ⊙ ∂loss/∂W over them; a neuron's likewise.
 *
 * @param heads of each stored layer, group by group, [G·I][A]
 * @param neurons of each stored layer, [G·I][F]
 */
@SuppressWarnings("try") // a PointerScope acts by being open
public record Importance(List<double[]> heads, List<double[]> neurons) {
    /** More examples hardly change the order, but each takes a forward and a backward pass. */
    public static final int MAX_EXAMPLES = 1000;

    /** Of which parts there are sums. */
    private record Output(Tensor weight, double[] sums) {
        static Output of(AlbertModel model, String parameter, int numParts) {
            Tensor weight = Tensors.named(model.parameters(), parameter);
            weight.set_requires_grad(true);
            return new Output(weight, new double[numParts]);
        }

        /** Adds |Σ W ⊙ ∂loss/∂W| of each part, a part being neighbouring columns, and takes the gradient away. */
        void add() {
            float[] columns = Tensors.floats(weight.detach().mul(weight.grad()).sum(0)); // [A D] or [F]
            int width = columns.length / sums.length;
            for (int part = 0; part < sums.length; part++) {
                double sum = 0;
                for (int column = part * width; column < (part + 1) * width; column++) {
                    sum += columns[column];
                }
                sums[part] += Math.abs(sum);
            }
            weight.mutable_grad().zero_();
        }
    }

    /** Hears how far the measuring is. */
    @FunctionalInterface
    public interface Progress {
        void show(int done, int all);
    }

    public Importance {
        heads = List.copyOf(heads);
        neurons = List.copyOf(neurons);
    }

    /**
     * Measures on the training examples of a task; of more than {@value #MAX_EXAMPLES} on as many, evenly chosen.
     *
     * @param weights with the task's head
     * @param vocabulary the model's
     * @param progress hears the number of examples done, and of all
     * @throws IllegalArgumentException if there are no examples
     */
    public static Importance measure(
            AlbertWeights weights, Vocabulary vocabulary, TrainingTask task, Progress progress) {
        AlbertConfig config = weights.config().toBuilder()
                .hiddenDropoutProb(0)
                .attentionProbsDropoutProb(0)
                .classifierDropoutProb(0)
                .build();
        try (AlbertModel model = new AlbertModel(weights.withConfig(config));
                PointerScope all = new PointerScope();
                Objective objective = task.objective(model, TrainConfig.DEFAULT, vocabulary)) {
            model.parameters().values().forEach(parameter -> parameter.set_requires_grad(false));
            List<Output> heads = new ArrayList<>();
            List<Output> neurons = new ArrayList<>();
            for (String layer : layers(config)) {
                heads.add(Output.of(model, layer + ".attention.dense.weight", config.numAttentionHeads()));
                neurons.add(Output.of(model, layer + ".ffn_output.weight", config.intermediateSize()));
            }
            int count = Math.min(objective.numExamples(), MAX_EXAMPLES);
            for (int i = 0; i < count; i++) {
                int number = (int) ((long) i * objective.numExamples() / count);
                addExample(objective, number, heads, neurons);
                progress.show(i + 1, count);
            }
            return new Importance(means(heads, count), means(neurons, count));
        }
    }

    private static void addExample(Objective objective, int number, List<Output> heads, List<Output> neurons) {
        try (PointerScope scope = new PointerScope()) {
            Tensor loss = objective.loss(objective.examples(0, new int[] {number}), new int[] {0}, 0);
            if (loss != null) {
                loss.backward();
                heads.forEach(Output::add);
                neurons.forEach(Output::add);
            }
        }
    }

    private static List<double[]> means(List<Output> outputs, int count) {
        return outputs.stream()
                .map(output -> IntStream.range(0, output.sums().length)
                        .mapToDouble(part -> output.sums()[part] / count)
                        .toArray())
                .toList();
    }

    /** Prefixes of the stored layers' parameters. */
    static List<String> layers(AlbertConfig config) {
        return IntStream.range(0, config.numHiddenGroups() * config.innerGroupNum())
                .mapToObj(layer -> "albert.encoder.albert_layer_groups." + layer / config.innerGroupNum()
                        + ".albert_layers." + layer % config.innerGroupNum())
                .toList();
    }
}
