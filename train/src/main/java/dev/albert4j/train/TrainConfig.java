package dev.albert4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.SentenceConfig.Pooling;
import dev.albert4j.task.ModelThresholds;
import dev.albert4j.task.ThresholdTuning;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a training run. Immutable.
 *
 * @param epochs passes over the training examples
 * @param steps optimizer steps; 0 to go by {@code epochs}
 * @param batchSize examples of an optimizer step
 * @param microBatchTokens most tokens of one forward and backward pass of a thread: a batch is split into several, their
 *     gradients add up
 * @param maxLength most tokens of an example; the rest of a longer one is cut off
 * @param learningRate highest learning rate
 * @param headLearningRate the highest learning rate of the task's head, where it is another
 * @param layerDecay factor of the learning rate from the head to the encoder, and from there to the embeddings: its layers share
 *     their parameters, so that they have one rate
 * @param optimizer how a step changes the parameters
 * @param freeze what is not trained
 * @param schedule how the learning rate goes
 * @param warmupRatio share of the steps in which the learning rate rises from 0
 * @param weightDecay of weights, not of biases and LayerNorm
 * @param maxGradNorm the gradient is scaled down to this L2 norm; 0 to leave it
 * @param classWeights how much each class counts in classification with one label and in ner: empty for all alike, {@code balanced}
 *     for scikit-learn's n / (C · count), or {@code label=weight,…}, where labels that are not named weigh 1
 * @param thresholds how a multi-label model's thresholds are chosen on the development data
 * @param labelSmoothing share of the target probability spread over all classes
 * @param wordDropout probability for a token of the text to be replaced by the mask token in training
 * @param wordRemoval probability for a token of the text to be left out in training, before those left are masked
 * @param pooling how the vector of a text is made, where embeddings are trained
 * @param temperature divides the cosines of embeddings in the contrastive loss
 * @param groupSize most examples of a step whose embeddings are told apart from each other ({@link Loss#CONTRASTIVE})
 * @param distillAlpha part of the loss that is the teacher's, where there is one ({@link Distillation}); the rest is the task's
 * @param distillTemperature divides teacher's and student's logits before they are compared
 * @param distillHidden weight of the hidden states' distance, which is added; 0 for none
 * @param sparsity share of the shared layers' weights that is 0 at the end, the smallest, gradually more of them; 0 for none
 * @param quantize in how many bits the model is to be used, and is stored
 * @param hiddenDropout replaces the model's {@code hiddenDropoutProb}, where given
 * @param attentionDropout replaces the model's {@code attentionProbsDropoutProb}, where given
 * @param classifierDropout replaces the model's {@code classifierDropoutProb}, where given
 * @param seed of everything random in the run
 * @param numThreads threads that share the work; 0 for one a processor
 * @param device where the model is trained
 * @param precision in how many bits the model multiplies while it trains; it is evaluated in 32
 * @param evaluateEverySteps steps between evaluations; 0 for the end of each epoch
 * @param patience the run ends after so many evaluations without a better metric; 0 to take all steps
 * @param metric which number of the task's {@link dev.albert4j.metric.Report} makes a checkpoint the best; empty for the first
 */
public record TrainConfig(
        int epochs,
        long steps,
        int batchSize,
        int microBatchTokens,
        int maxLength,
        double learningRate,
        @Nullable Double headLearningRate,
        double layerDecay,
        OptimizerType optimizer,
        FrozenPart freeze,
        Schedule schedule,
        double warmupRatio,
        double weightDecay,
        double maxGradNorm,
        String classWeights,
        ThresholdTuning thresholds,
        double labelSmoothing,
        double wordDropout,
        double wordRemoval,
        Pooling pooling,
        double temperature,
        int groupSize,
        double distillAlpha,
        double distillTemperature,
        double distillHidden,
        double sparsity,
        Rounding quantize,
        @Nullable Double hiddenDropout,
        @Nullable Double attentionDropout,
        @Nullable Double classifierDropout,
        long seed,
        int numThreads,
        TrainingDevice device,
        Precision precision,
        long evaluateEverySteps,
        int patience,
        String metric) {

    /** How the learning rate goes over the run. */
    public enum Schedule {
        /** Rises in the warm-up, then falls to 0 on a straight line. */
        LINEAR,
        /** Rises in the warm-up, then falls to 0 as half a wave of a cosine. */
        COSINE,
        /** Rises in the warm-up, then stays. */
        CONSTANT
    }

    private static final int MAX_THREADS = 1024;
    private static final double MAX_TEMPERATURE = 100;

    /** The settings that hold where nothing else is said. */
    public static final TrainConfig DEFAULT = new TrainConfig(
            3,
            0,
            32,
            4096,
            256,
            5e-5,
            null,
            1,
            OptimizerType.ADAMW,
            FrozenPart.NONE,
            Schedule.LINEAR,
            0.1,
            0.01,
            1.0,
            "",
            ThresholdTuning.NONE,
            0,
            0,
            0,
            Pooling.MEAN,
            0.05,
            32,
            0.5,
            2,
            0,
            0,
            Rounding.NONE,
            null,
            null,
            null,
            42,
            0,
            TrainingDevice.CPU,
            Precision.FP32,
            0,
            0,
            "");

    public TrainConfig {
        atLeast("epochs", epochs, steps > 0 ? 0 : 1);
        atLeast("steps", steps, 0);
        atLeast("batchSize", batchSize, 1);
        atLeast("microBatchTokens", microBatchTokens, 1);
        atLeast("maxLength", maxLength, 3);
        atLeast("numThreads", numThreads, 0);
        if (numThreads > MAX_THREADS) {
            throw new WrongSettingException("numThreads", numThreads + " is more than " + MAX_THREADS);
        }
        atLeast("evaluateEverySteps", evaluateEverySteps, 0);
        atLeast("patience", patience, 0);
        between("learningRate", learningRate, 0, 10);
        between("headLearningRate", headLearningRate == null ? 0 : headLearningRate, 0, 10);
        if (headLearningRate != null && learningRate == 0) {
            throw new WrongSettingException(
                    "headLearningRate",
                    headLearningRate
                            + " needs a learning rate above 0 for the rest; to train the head alone freeze the encoder");
        }
        between("layerDecay", layerDecay, 0, 1);
        try {
            ClassWeights.parse(classWeights);
        } catch (IllegalArgumentException e) {
            throw new WrongSettingException("classWeights", String.valueOf(e.getMessage()));
        }
        between("warmupRatio", warmupRatio, 0, 1);
        between("weightDecay", weightDecay, 0, 10);
        between("maxGradNorm", maxGradNorm, 0, Double.MAX_VALUE);
        between("labelSmoothing", labelSmoothing, 0, 1);
        between("wordDropout", wordDropout, 0, 1);
        between("wordRemoval", wordRemoval, 0, 1);
        if (!(temperature > 0 && temperature <= MAX_TEMPERATURE)) {
            throw new WrongSettingException(
                    "temperature", temperature + " is not above 0 and at most " + MAX_TEMPERATURE);
        }
        atLeast("groupSize", groupSize, 2);
        between("distillAlpha", distillAlpha, 0, 1);
        if (!(distillTemperature > 0 && distillTemperature <= MAX_TEMPERATURE)) {
            throw new WrongSettingException(
                    "distillTemperature", distillTemperature + " is not above 0 and at most " + MAX_TEMPERATURE);
        }
        if (!(sparsity >= 0 && sparsity < 1)) {
            throw new WrongSettingException("sparsity", sparsity + " is not at least 0 and below 1");
        }
        if (sparsity > 0 && patience > 0) {
            throw new WrongSettingException(
                    "sparsity", sparsity + " is reached by a run that takes all its steps, without patience");
        }
        if (quantize != Rounding.NONE && precision != Precision.FP32) {
            throw new WrongSettingException("quantize", quantize + " needs the precision FP32, not " + precision);
        }
        between("distillHidden", distillHidden, 0, Double.MAX_VALUE);
        between("hiddenDropout", hiddenDropout == null ? 0 : hiddenDropout, 0, 1);
        between("attentionDropout", attentionDropout == null ? 0 : attentionDropout, 0, 1);
        between("classifierDropout", classifierDropout == null ? 0 : classifierDropout, 0, 1);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new WrongSettingException(name, value + " is less than " + least);
        }
    }

    private static void between(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            String allowed = most == Double.MAX_VALUE ? "at least " + least : "between " + least + " and " + most;
            throw new WrongSettingException(name, value + " is not " + allowed);
        }
    }

    /** A parameter's factor of the learning rate. */
    double rateFactor(String parameter) {
        if (FrozenPart.isHead(parameter)) {
            return headLearningRate == null ? 1 : headLearningRate / learningRate;
        }
        return FrozenPart.EMBEDDINGS.contains(parameter) ? layerDecay * layerDecay : layerDecay;
    }

    /** The learning rate's way through a run of so many steps. */
    LearningRateSchedule learningRates(long totalSteps) {
        long numWarmupSteps = Math.round(totalSteps * warmupRatio);
        return switch (schedule) {
            case LINEAR -> LearningRateSchedule.linear(learningRate, numWarmupSteps, totalSteps);
            case COSINE -> LearningRateSchedule.cosine(learningRate, numWarmupSteps, totalSteps);
            case CONSTANT -> LearningRateSchedule.constant(learningRate, numWarmupSteps);
        };
    }

    /** Whether a run with these evaluations ends here because its last {@code patience} ones were none the best. */
    public boolean isOutOfPatience(List<Evaluation> history) {
        int numEvaluations = history.size();
        return patience > 0
                && numEvaluations >= patience
                && history.subList(numEvaluations - patience, numEvaluations).stream()
                        .noneMatch(Evaluation::best);
    }

    /** A model's configuration with the dropout of these settings, and without thresholds that were chosen for other weights. */
    AlbertConfig applyTo(AlbertConfig model) {
        return ModelThresholds.without(model).toBuilder()
                .hiddenDropoutProb(hiddenDropout == null ? model.hiddenDropoutProb() : hiddenDropout)
                .attentionProbsDropoutProb(
                        attentionDropout == null ? model.attentionProbsDropoutProb() : attentionDropout)
                .classifierDropoutProb(classifierDropout == null ? model.classifierDropoutProb() : classifierDropout)
                .build();
    }

    /**
     * Reads settings from a JSON object; those it does not name are the default's.
     *
     * @throws IllegalArgumentException if it is no JSON object, has an unknown key, or a value that is not allowed (then a
     *     {@link WrongSettingException})
     */
    public static TrainConfig parse(String json) {
        ObjectMapper mapper = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .build();
        try {
            ObjectNode settings = mapper.valueToTree(DEFAULT);
            JsonNode given = mapper.readTree(json);
            if (!given.isObject()) {
                throw new IllegalArgumentException("training settings must be a JSON object");
            }
            for (Iterator<String> names = given.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!settings.has(name)) {
                    TreeSet<String> known = new TreeSet<>();
                    settings.fieldNames().forEachRemaining(known::add);
                    throw new IllegalArgumentException("unknown training setting " + name + "; known are " + known);
                }
                if (given.get(name).isNull() && !settings.get(name).isNull()) {
                    throw new IllegalArgumentException("training setting " + name + " is null");
                }
                settings.set(name, given.get(name));
            }
            return mapper.treeToValue(settings, TrainConfig.class);
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause();
            if (cause instanceof WrongSettingException wrong) {
                throw wrong;
            }
            String problem = cause instanceof IllegalArgumentException ? cause.getMessage() : e.getOriginalMessage();
            throw new IllegalArgumentException("training settings cannot be read: " + problem, e);
        }
    }

    /** The settings as a JSON object that {@link #parse} reads again. */
    public String toJson() {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
