package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.tensor;

import dev.albert4j.model.Batch;
import dev.albert4j.tokenize.Vocabulary;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** Single-label classification: cross-entropy of a model's logits, with label smoothing and word dropout. Not thread-safe. */
public final class ClassificationObjective implements Objective {
    private static final long REDUCTION_MEAN = 1; // at::Reduction::Mean
    private static final long IGNORE_INDEX = -100;

    private final AlbertModel model;
    private final List<Example> examples;
    private final double labelSmoothing;
    private final WordDropout wordDropout;
    private final boolean ownsModel;

    /**
     * @param model to train; stays the caller's
     * @param examples training examples
     * @param config its {@code labelSmoothing}, {@code wordDropout}, {@code wordRemoval} and {@code seed} are used
     * @param vocabulary tells word dropout the special tokens
     */
    public ClassificationObjective(
            AlbertModel model, List<Example> examples, TrainConfig config, Vocabulary vocabulary) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no training examples");
        }
        this.model = model;
        this.examples = List.copyOf(examples);
        this.labelSmoothing = config.labelSmoothing();
        this.wordDropout = new WordDropout(vocabulary, config.wordRemoval(), config.wordDropout(), config.seed());
        this.ownsModel = false;
    }

    private ClassificationObjective(ClassificationObjective original) {
        model = original.model.replica();
        examples = original.examples;
        labelSmoothing = original.labelSmoothing;
        wordDropout = original.wordDropout;
        ownsModel = true;
    }

    @Override
    public ClassificationObjective replica() {
        return new ClassificationObjective(this);
    }

    @Override
    public void close() {
        if (ownsModel) {
            model.close();
        }
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
    public int numTokens(int example) {
        return examples.get(example).length();
    }

    @Override
    public Tensor loss(int epoch, int[] numbers, long seed) {
        int[][] ids = new int[numbers.length][];
        int[][] typeIds = new int[numbers.length][];
        long[] labels = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            Example example = wordDropout.apply(examples.get(numbers[i]), epoch, numbers[i]);
            ids[i] = example.ids();
            typeIds[i] = example.typeIds();
            labels[i] = example.label();
        }
        model.train(seed);
        Tensor logits = model.logits(PackedBatch.of(Batch.of(ids, typeIds))); // [B, C]
        return cross_entropy_loss(
                logits, tensor(labels), new TensorOptional(), REDUCTION_MEAN, IGNORE_INDEX, labelSmoothing);
    }
}
