package dev.albert4j.metric;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How well hidden pieces of texts were guessed. Immutable and thread-safe.
 *
 * @param numPredictions how many were hidden
 * @param numRight how many of them the model thought the most probable
 * @param crossEntropy the mean of −ln p, p being the probability that the model gave to what was hidden
 */
public record MaskedTokenMetrics(long numPredictions, long numRight, double crossEntropy) {
    /** @throws IllegalArgumentException if nothing was hidden */
    public MaskedTokenMetrics {
        if (numPredictions < 1) {
            throw new IllegalArgumentException(
                    "nothing was hidden in the texts: all are too short, or have no word that is short enough");
        }
    }

    /** The part guessed rightly. */
    public double accuracy() {
        return (double) numRight / numPredictions;
    }

    /** e to the power of the cross entropy: among how many equally probable pieces the model wavers. */
    public double perplexity() {
        return Math.exp(crossEntropy);
    }

    /** The same as a report: perplexity, accuracy. */
    public Report toReport() {
        String text = String.format(
                Locale.ROOT,
                "%12s  %9.4f%n%12s  %9.4f  (%d of %d hidden pieces)%n",
                "perplexity",
                perplexity(),
                "accuracy",
                accuracy(),
                numRight,
                numPredictions);
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("perplexity", perplexity())
                .put("accuracy", accuracy())
                .put("cross_entropy", crossEntropy)
                .put("right", numRight)
                .put("predictions", numPredictions);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("perplexity", perplexity());
        metrics.put("accuracy", accuracy());
        return new Report(metrics, text, json);
    }
}
