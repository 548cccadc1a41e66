package dev.albert4j.train;

import dev.albert4j.corpus.PretrainingExamples;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Vocabulary;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pre-training on raw text: to guess hidden words, and whether two segments stand in their order. */
public final class PretrainingTask implements TrainingTask {
    /** Most held-back examples a model is evaluated on: about 20,000 hidden tokens at a length of 128. */
    public static final int MAX_EVALUATION_EXAMPLES = 1000;

    private final PretrainingExamples train;
    private final @Nullable PretrainingEvaluation development;
    private final PretrainingLoss loss;
    private final Map<String, String> fingerprint;

    /**
     * @param heldBack examples of documents to evaluate on; null for none
     * @param order whether the order of segments counts
     * @param fingerprint texts by name that are the same for the same corpus and the same examples made of it
     */
    public PretrainingTask(
            PretrainingExamples train,
            @Nullable PretrainingExamples heldBack,
            boolean order,
            Map<String, String> fingerprint) {
        this.train = train;
        this.development =
                heldBack == null ? null : new PretrainingEvaluation(heldBack, MAX_EVALUATION_EXAMPLES, order);
        this.loss = new PretrainingLoss(order);
        this.fingerprint = Map.copyOf(fingerprint);
    }

    @Override
    public Head head() {
        return Head.PRE_TRAINING;
    }

    @Override
    public Objective objective(AlbertModel model, TrainConfig config, Vocabulary vocabulary) {
        return new PretrainingObjective(model, train, loss);
    }

    @Override
    public @Nullable Development development() {
        return development;
    }

    @Override
    public Map<String, String> fingerprint() {
        return fingerprint;
    }
}
