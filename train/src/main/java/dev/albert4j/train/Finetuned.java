package dev.albert4j.train;

import dev.albert4j.model.AlbertWeights;
import java.util.List;

/**
 * What fine-tuning made.
 *
 * @param weights the best on the development set; the last where there is no development set
 * @param history the evaluations, in order; empty where there is no development set
 */
public record Finetuned(AlbertWeights weights, List<Evaluation> history) {
    public Finetuned {
        history = List.copyOf(history);
    }
}
