package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.tensor;

import dev.albert4j.model.Batch;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * Single-label classification: cross-entropy of a model's logits, with label smoothing and word dropout. Not thread-safe.
 */
public final class ClassificationObjective implements Objective {
    private static final long REDUCTION_MEAN = 1;
    private static final long IGNORE_INDEX = -100;

    private final AlbertModel model;
    private final List<Example> examples;
    private final TrainConfig config;
    private final WordDropout wordDropout;

    /**
     * @param model to train; stays the caller's
     * @param examples training examples
     * @param config its {@code labelSmoothing}, {@code wordDropout} and {@code seed} are used
     * @param maskId id of the mask token, which stands for dropped words
     * @param numSpecialIds ids below this are special tokens, never dropped
     */
    public ClassificationObjective(
            AlbertModel model, List<Example> examples, TrainConfig config, WordDropout wordDropout) {
        this.model = model;
        this.examples = List.copyOf(examples);
        this.config = config;
        this.wordDropout = wordDropout;
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no training examples");
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
}
