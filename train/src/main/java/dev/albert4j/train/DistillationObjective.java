package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.mse_loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The loss of {@link Distillation}. Not thread-safe; replicas share the teacher, which they only read. */
@SuppressWarnings("try") // a NoGradGuard acts by being open
final class DistillationObjective implements Objective {
    private final TaskObjective task;
    private final AlbertModel teacher;
    private final TrainConfig config;
    private final boolean ownsTeacher;
    // What the teacher says of an example, [C]: the same in every epoch, unless words are hidden or hidden states asked
    // for.
    private final Map<Example, float[]> said;

    /** @param teacher in evaluation mode; becomes this objective's */
    DistillationObjective(TaskObjective task, AlbertModel teacher, TrainConfig config) {
        this(task, teacher, config, true, new ConcurrentHashMap<>());
    }

    private DistillationObjective(
            TaskObjective task,
            AlbertModel teacher,
            TrainConfig config,
            boolean ownsTeacher,
            Map<Example, float[]> said) {
        this.task = task;
        this.teacher = teacher;
        this.config = config;
        this.ownsTeacher = ownsTeacher;
        this.said = said;
    }

    /**
     * What a model makes of a batch.
     *
     * @param logits [B, C]
     * @param states the mapped embeddings and each layer's output, [N, H] each; empty if they are not needed
     */
    private record Pass(Tensor logits, List<Tensor> states) {
        static Pass of(AlbertModel model, PackedBatch batch, boolean withStates) {
            if (!withStates) {
                return new Pass(model.logits(batch), List.of());
            }
            List<Tensor> states = new ArrayList<>();
            Tensor last = model.lastHiddenState(batch, states::add);
            Tensor logits = model.logits(model.pooler(last.index_select(0, batch.firstTokens())));
            return new Pass(logits, states.subList(1, states.size())); // the first is [N, E]
        }
    }

    @Override
    public Tensor loss(List<Example> batch, int[] members, long seed) {
        List<Example> seen = Arrays.stream(members).mapToObj(batch::get).toList();
        AlbertModel student = task.model();
        student.train(seed);
        boolean withStates = config.distillHidden() > 0;
        PackedBatch packed = PackedBatch.ofExamples(seen, student.device());
        Pass mine = Pass.of(student, packed, withStates);
        Pass its = taught(seen, packed, withStates);
        double temperature = config.distillTemperature();
        double factor = config.distillAlpha() * temperature * temperature / batch.size();
        Tensor loss = divergence(its.logits(), mine.logits(), temperature).mul(new Scalar(factor));
        double share = (1 - config.distillAlpha()) * task.share(seen, batch);
        if (share > 0) {
            loss = loss.add(Loss.classes(mine.logits(), seen, config.labelSmoothing(), task.classWeights())
                    .mul(new Scalar(share)));
        }
        if (withStates) {
            double part = (double) numTokens(seen) / numTokens(batch);
            loss = loss.add(distance(mine.states(), its.states()).mul(new Scalar(config.distillHidden() * part)));
        }
        return loss;
    }

    private Pass taught(List<Example> seen, PackedBatch packed, boolean withStates) {
        try (NoGradGuard noGrad = new NoGradGuard()) {
            if (withStates || config.wordDropout() > 0 || config.wordRemoval() > 0) {
                return Pass.of(teacher, packed, withStates);
            }
            int numClasses = teacher.config().numLabels();
            float[] logits = new float[seen.size() * numClasses];
            if (!said.keySet().containsAll(seen)) {
                float[] fresh = Tensors.floats(teacher.logits(packed)); // [B, C]
                for (int i = 0; i < seen.size(); i++) {
                    said.put(seen.get(i), Arrays.copyOfRange(fresh, i * numClasses, (i + 1) * numClasses));
                }
            }
            for (int i = 0; i < seen.size(); i++) {
                System.arraycopy(Objects.requireNonNull(said.get(seen.get(i))), 0, logits, i * numClasses, numClasses);
            }
            return new Pass(Tensors.of(logits, teacher.device()).view(seen.size(), numClasses), List.of());
        }
    }

    /** The sum over sequences of KL(p ‖ q), p and q the softmax of logits [B, C] divided by the temperature. */
    private static Tensor divergence(Tensor logitsOfP, Tensor logitsOfQ, double temperature) {
        Tensor p = log_softmax(logitsOfP.div(new Scalar(temperature)), 1);
        Tensor q = log_softmax(logitsOfQ.div(new Scalar(temperature)), 1);
        return p.exp().mul(p.sub(q)).sum();
    }

    /** The mean squared distance of the student's states and as many of the teacher's, from the first to the last. */
    private static Tensor distance(List<Tensor> mine, List<Tensor> its) {
        Tensor sum = mse_loss(mine.get(0), its.get(0));
        for (int i = 1; i < mine.size(); i++) {
            int j = (int) Math.round((double) i * (its.size() - 1) / (mine.size() - 1));
            sum = sum.add(mse_loss(mine.get(i), its.get(j)));
        }
        return sum.div(new Scalar((double) mine.size()));
    }

    private static int numTokens(List<Example> examples) {
        return examples.stream().mapToInt(Example::length).sum();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return task.parameters();
    }

    @Override
    public int numExamples() {
        return task.numExamples();
    }

    @Override
    public List<Example> examples(int epoch, int[] numbers) {
        return task.examples(epoch, numbers);
    }

    @Override
    public DistillationObjective replica() {
        return new DistillationObjective(task.replica(), teacher, config, false, said);
    }

    @Override
    public void close() {
        task.close();
        if (ownsTeacher) {
            teacher.close();
        }
    }
}
