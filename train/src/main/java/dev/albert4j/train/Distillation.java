package dev.albert4j.train;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Vocabulary;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Classification learned from a teacher beside the labels (Hinton et al. 2015): the loss is α T² KL(teacher ‖ student) of the
 * distributions at temperature T, plus (1 − α) times the task's own. With {@code distillHidden} the mean squared distance of hidden
 * states is added, of the student's layer i and the teacher's i · L/L', as evenly as they go (Jiao et al. 2020, without their
 * projection: both have the same H).
 */
public final class Distillation implements TrainingTask {
    private final ExampleTask task;
    private final AlbertWeights teacher;

    private Distillation(ExampleTask task, AlbertWeights teacher) {
        this.task = task;
        this.teacher = teacher;
    }

    /**
     * A task with a teacher.
     *
     * @param task that of {@link TrainingTasks#classification}
     * @param teacher a classifier with the same labels, that knows the same tokens
     * @throws IllegalArgumentException if the task is another
     */
    public static Distillation of(TrainingTask task, AlbertWeights teacher) {
        if (task instanceof ExampleTask examples && examples.loss() == Loss.CLASSIFICATION) {
            return new Distillation(examples, teacher);
        }
        throw new IllegalArgumentException("a teacher is for classification with one label");
    }

    @Override
    public Head head() {
        return task.head();
    }

    /** @throws IllegalArgumentException if the teacher's shape does not fit the model or the settings */
    @Override
    public Objective objective(AlbertModel model, TrainConfig config, Vocabulary vocabulary) {
        check(teacher, model.config(), config);
        TaskObjective own = new TaskObjective(model, task.loss(), task.train(), config, vocabulary);
        return new DistillationObjective(own, new AlbertModel(teacher, config.device()), config);
    }

    /**
     * Finds out before long work whether a model can learn from a teacher.
     *
     * @throws IllegalArgumentException if the teacher's head, labels or sizes do not fit the student or the settings
     */
    public static void check(AlbertWeights teacher, AlbertConfig student, TrainConfig config) {
        AlbertConfig model = teacher.config();
        if (model.head() != Head.SEQUENCE_CLASSIFICATION || !model.labels().equals(student.labels())) {
            throw new IllegalArgumentException("the teacher is " + model.head().architecture() + " with labels "
                    + model.labels() + ", not a classifier with " + student.labels());
        }
        if (student.exitClassifiers()) {
            throw new IllegalArgumentException("a model with exit classifiers cannot learn from a teacher");
        }
        if (model.vocabSize() < student.vocabSize()) {
            throw new IllegalArgumentException(
                    "the teacher knows " + model.vocabSize() + " tokens, the model " + student.vocabSize());
        }
        if (config.maxLength() > model.maxPositionEmbeddings()) {
            throw new WrongSettingException(
                    "maxLength",
                    config.maxLength() + " exceeds the teacher's " + model.maxPositionEmbeddings() + " positions");
        }
        if (config.distillHidden() > 0 && model.hiddenSize() != student.hiddenSize()) {
            throw new WrongSettingException(
                    "distillHidden",
                    config.distillHidden() + " needs hidden states of one size, but the teacher's are of "
                            + model.hiddenSize() + " and the model's of " + student.hiddenSize());
        }
    }

    @Override
    public @Nullable Development development() {
        return task.development();
    }

    @Override
    public Map<String, String> fingerprint() {
        Map<String, String> texts = new LinkedHashMap<>(task.fingerprint());
        texts.put("teacher", RunSettings.checksum(teacher));
        return texts;
    }
}
