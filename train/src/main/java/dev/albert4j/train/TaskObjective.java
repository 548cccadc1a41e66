package dev.albert4j.train;

import dev.albert4j.model.Batch;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Example.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The {@link Loss} of a model with its task's head on training examples, as an {@link ExampleView} shows them: with word dropout, or masked. Not thread-safe. */
public final class TaskObjective implements Objective {
    private final AlbertModel model;
    private final Loss loss;
    private final List<Example> examples;
    private final TrainConfig config;
    private final ClassWeights classWeights;
    private final ExampleView view;
    private final boolean ownsModel;

    /**
     * @param model to train; stays the caller's
     * @param loss what to make smaller
     * @param examples training examples
     * @param config the settings of losses, class weights and word dropout, and the {@code seed}, are used
     * @param vocabulary tells word dropout the special tokens
     * @throws IllegalArgumentException if there are no examples, words are to be removed that the targets count, or classes to
     *     be weighed that the task does not have
     */
    public TaskObjective(
            AlbertModel model, Loss loss, List<Example> examples, TrainConfig config, Vocabulary vocabulary) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no training examples");
        }
        if (loss == Loss.MASKED_LM && (config.wordDropout() > 0 || config.wordRemoval() > 0)) {
            throw new IllegalArgumentException(
                    "wordDropout and wordRemoval must be 0, as masked language modelling hides words"
                            + " itself, but they are " + config.wordDropout() + " and " + config.wordRemoval());
        }
        if (loss.countsTokens() && config.wordRemoval() > 0) {
            throw new WrongSettingException(
                    "wordRemoval",
                    config.wordRemoval()
                            + " would move the tokens that this task's targets point at; word dropout masks them instead");
        }
        this.model = model;
        this.loss = loss;
        this.examples = List.copyOf(examples);
        this.config = config;
        this.classWeights =
                ClassWeights.of(config.classWeights(), model.config().labels(), loss, examples);
        this.view = loss == Loss.MASKED_LM
                ? new MaskedView(vocabulary, config.seed())
                : new WordDropout(vocabulary, config.wordRemoval(), config.wordDropout(), config.seed());
        this.ownsModel = false;
    }

    private TaskObjective(TaskObjective original) {
        model = original.model.replica();
        loss = original.loss;
        examples = original.examples;
        config = original.config;
        classWeights = original.classWeights;
        view = original.view;
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
    public double weight(int epoch, int example) {
        Example plain = examples.get(example);
        return loss.weight(loss == Loss.MASKED_LM ? view.apply(plain, epoch, example) : plain, classWeights);
    }

    @Override
    public Tensor loss(int epoch, int[] numbers, long seed) {
        List<Example> seen = new ArrayList<>(numbers.length);
        List<int[]> ids = new ArrayList<>();
        List<int[]> typeIds = new ArrayList<>();
        for (int number : numbers) {
            Example example = view.apply(examples.get(number), epoch, number);
            seen.add(example);
            for (Sequence sequence : example.sequences()) {
                ids.add(sequence.ids());
                typeIds.add(sequence.typeIds());
            }
        }
        model.train(seed);
        Batch batch = Batch.of(ids.toArray(int[][]::new), typeIds.toArray(int[][]::new));
        return loss.of(model, PackedBatch.of(batch), seen, config, classWeights);
    }
}
