package dev.albert4j.train;

import dev.albert4j.tokenize.Vocabulary;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

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
    public List<Example> examples(int epoch, int[] numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> view.apply(examples.get(number), epoch, number))
                .toList();
    }

    /** The model in training. */
    AlbertModel model() {
        return model;
    }

    /** How much each class counts. */
    ClassWeights classWeights() {
        return classWeights;
    }

    /** The part of a batch's loss that some of its examples have; not above 0 if they have none. */
    double share(List<Example> seen, List<Example> batch) {
        return weight(seen) / weight(batch);
    }

    @Override
    public @Nullable Tensor loss(List<Example> batch, int[] members, long seed) {
        List<Example> seen = Arrays.stream(members).mapToObj(batch::get).toList();
        double share = share(seen, batch);
        if (!(share > 0)) {
            return null;
        }
        model.train(seed);
        return loss.of(model, PackedBatch.ofExamples(seen, model.device()), seen, config, classWeights)
                .mul(new Scalar(share));
    }

    private double weight(List<Example> some) {
        return some.stream()
                .mapToDouble(example -> loss.weight(example, classWeights))
                .sum();
    }
}
