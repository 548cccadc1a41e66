package dev.albert4j.train;

import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Fine-tunes a model to classify texts: tokenizes once, trains, evaluates on a development set, keeps the best weights. Not
 * thread-safe.
 */
public final class Finetuner {
    private final AlbertWeights init;
    private final Tokenizer tokenizer;
    private final TrainConfig config;
    private Consumer<StepReport> stepListener = report -> {};
    private Consumer<Evaluation> evaluationListener = evaluation -> {};

    /**
     * @param init weights to start from, with a sequence classification head and its labels
     * @param tokenizer the model's tokenizer
     * @param config settings of the run
     * @throws IllegalArgumentException if the model has another head, fewer than two labels, or too few positions
     */
    public Finetuner(AlbertWeights init, Tokenizer tokenizer, TrainConfig config) {
        AlbertConfig model = init.config();
        if (model.head() != Head.SEQUENCE_CLASSIFICATION || model.labels().size() < 2) {
            throw new IllegalArgumentException(
                    "fine-tuning for classification needs a sequence classification head with at"
                            + " least two labels, but the model has the head " + model.head() + " and the labels "
                            + model.labels());
        }
        if (config.maxLength() > model.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("maxLength " + config.maxLength() + " exceeds the model's "
                    + model.maxPositionEmbeddings() + " positions");
        }
        this.init = init;
        this.tokenizer = tokenizer;
        this.config = config;
    }

    /** Tells a listener of every step. */
    public Finetuner onStep(Consumer<StepReport> listener) {
        stepListener = listener;
        return this;
    }

    /** Tells a listener of every evaluation. */
    public Finetuner onEvaluation(Consumer<Evaluation> listener) {
        evaluationListener = listener;
        return this;
    }

    /**
     * Trains to the end.
     *
     * @param train texts to learn from
     * @param dev texts to choose the best weights by; may be empty
     * @throws IllegalArgumentException if a label is none of the model's
     * @throws DivergenceException if the loss is no longer a finite number
     */
    public Finetuned run(List<LabeledText> train, List<LabeledText> dev) {
        List<String> labels = init.config().labels();
        return runExamples(
                Examples.of(train, tokenizer, labels, config.maxLength()),
                Examples.of(dev, tokenizer, labels, config.maxLength()));
    }

    private Finetuned runExamples(List<Example> train, List<Example> dev) {
        AlbertWeights best = init;
        List<Evaluation> history = new ArrayList<>();
        try (AlbertModel model = new AlbertModel(withDropout(init, config));
                Trainer trainer = new Trainer(
                        new ClassificationObjective(model, train, config, tokenizer.vocabulary()), config)) {
            Evaluator evaluator = new Evaluator(model, dev, config.microBatchTokens());
            long interval = config.evaluateEverySteps() > 0 ? config.evaluateEverySteps() : trainer.stepsPerEpoch();
            while (!trainer.isDone()) {
                StepReport report = trainer.step();
                stepListener.accept(report);
                if (!dev.isEmpty() && (report.step() % interval == 0 || trainer.isDone())) {
                    Evaluation evaluation = evaluate(report, evaluator, history);
                    history.add(evaluation);
                    evaluationListener.accept(evaluation);
                    best = evaluation.best() ? model.weights() : best;
                }
            }
            return new Finetuned(dev.isEmpty() ? model.weights() : best, history);
        }
    }

    private Evaluation evaluate(StepReport step, Evaluator evaluator, List<Evaluation> history) {
        ClassificationReport report = evaluator.report();
        double metric = switch (config.metric()) {
            case MACRO_F1 -> report.macroF1();
            case ACCURACY -> report.accuracy();
        };
        boolean isBest = history.stream().allMatch(earlier -> metric > earlier.metric());
        return new Evaluation(step.step(), step.epoch() + 1, report, metric, isBest);
    }

    private static AlbertWeights withDropout(AlbertWeights weights, TrainConfig config) {
        AlbertConfig model = weights.config();
        Double hidden = config.hiddenDropout();
        Double attention = config.attentionDropout();
        Double classifier = config.classifierDropout();
        AlbertConfig changed = model.toBuilder()
                .hiddenDropoutProb(hidden == null ? model.hiddenDropoutProb() : hidden)
                .attentionProbsDropoutProb(attention == null ? model.attentionProbsDropoutProb() : attention)
                .classifierDropoutProb(classifier == null ? model.classifierDropoutProb() : classifier)
                .build();
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Parameter parameter : AlbertParameters.of(model)) {
            values.put(parameter.name(), weights.values(parameter.name()));
        }
        return AlbertWeights.of(changed, values);
    }
}
