package dev.albert4j.train;

import dev.albert4j.corpus.PretrainingExamples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** {@link PretrainingLoss} on examples made of a corpus. Not thread-safe. */
final class PretrainingObjective implements Objective {
    private final AlbertModel model;
    private final PretrainingExamples examples;
    private final PretrainingLoss loss;
    private final boolean ownsModel;

    PretrainingObjective(AlbertModel model, PretrainingExamples examples, PretrainingLoss loss) {
        this(model, examples, loss, false);
    }

    private PretrainingObjective(
            AlbertModel model, PretrainingExamples examples, PretrainingLoss loss, boolean ownsModel) {
        this.model = model;
        this.examples = examples;
        this.loss = loss;
        this.ownsModel = ownsModel;
    }

    /** An example for the loss. */
    static Example example(PretrainingExamples.Example example) {
        return PretrainingLoss.example(
                example.ids(), example.typeIds(), example.order(), example.positions(), example.targets());
    }

    @Override
    public Map<String, Tensor> parameters() {
        return model.parameters();
    }

    @Override
    public int numExamples() {
        return examples.size();
    }

    @Override
    public List<Example> examples(int epoch, int[] numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> example(examples.example(epoch, number)))
                .toList();
    }

    @Override
    public Tensor loss(List<Example> batch, int[] members, long seed) {
        model.train(seed);
        return loss.of(model, batch, Arrays.stream(members).mapToObj(batch::get).toList());
    }

    @Override
    public PretrainingObjective replica() {
        return new PretrainingObjective(model.replica(), examples, loss, true);
    }

    @Override
    public void close() {
        if (ownsModel) {
            model.close();
        }
    }
}
