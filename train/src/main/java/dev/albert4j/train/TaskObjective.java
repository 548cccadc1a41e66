package dev.albert4j.train;

import dev.albert4j.model.Batch;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Example.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The {@link Loss} of a model with its task's head on training examples, with word dropout. Not thread-safe. */
public final class TaskObjective implements Objective {
    private final AlbertModel model;
    private final Loss loss;
    private final List<Example> examples;
    private final TrainConfig config;
    private final WordDropout wordDropout;
    private final boolean ownsModel;

    /**
     * @param model to train; stays the caller's
     * @param loss what to make smaller
     * @param examples training examples
     * @param config the settings of loss and word dropout, and the {@code seed}, are used
     * @param vocabulary tells word dropout the special tokens
     * @throws IllegalArgumentException if there are no examples, or words are to be removed that the targets count
     */
    public TaskObjective(
            AlbertModel model, Loss loss, List<Example> examples, TrainConfig config, Vocabulary vocabulary) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no training examples");
        }
        if (loss.countsTokens() && config.wordRemoval() > 0) {
            throw new IllegalArgumentException("wordRemoval " + config.wordRemoval()
                    + " would move the tokens that this task's targets point at; wordDropout masks them instead");
        }
        this.model = model;
        this.loss = loss;
        this.examples = List.copyOf(examples);
        this.config = config;
        this.wordDropout = new WordDropout(vocabulary, config.wordRemoval(), config.wordDropout(), config.seed());
        this.ownsModel = false;
    }

    private TaskObjective(TaskObjective original) {
        model = original.model.replica();
        loss = original.loss;
        examples = original.examples;
        config = original.config;
        wordDropout = original.wordDropout;
        ownsModel = true;
    }

    @Override
    public TaskObjective replica() {
        return new TaskObjective(this);
    }

    @Override
    public void close() {
        if (ownsModel) {
            model.close();
        }
    }

    /** The model's, without those that the loss does not depend on. */
    @Override
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> parameters = new LinkedHashMap<>(model.parameters());
        parameters.keySet().removeIf(name -> !loss.dependsOn(name));
        return parameters;
    }

    @Override
    public int groupSize() {
        return loss == Loss.CONTRASTIVE ? config.groupSize() : 1;
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
    public double weight(int example) {
        return loss.weight(examples.get(example));
    }

    @Override
    public Tensor loss(int epoch, int[] numbers, long seed) {
        List<Example> seen = new ArrayList<>(numbers.length);
        List<int[]> ids = new ArrayList<>();
        List<int[]> typeIds = new ArrayList<>();
        for (int number : numbers) {
            Example example = wordDropout.apply(examples.get(number), epoch, number);
            seen.add(example);
            for (Sequence sequence : example.sequences()) {
                ids.add(sequence.ids());
                typeIds.add(sequence.typeIds());
            }
        }
        model.train(seed);
        Batch batch = Batch.of(ids.toArray(int[][]::new), typeIds.toArray(int[][]::new));
        return loss.of(model, PackedBatch.of(batch), seen, config);
    }
}
