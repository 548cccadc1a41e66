package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.corpus.SegmentRules;
import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Vocabulary;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How text becomes examples to pre-train on. */
final class PretrainOptions {
    private static final int LEAST_PREDICTIONS = 20; // of google-research's recipe, whatever the length

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "tokens of an example (default 128, or as many as the model has positions)")
    private @Nullable Integer maxLength;

    @Option(
            names = "--masked-lm-prob",
            paramLabel = "R",
            description = "share of the tokens that is hidden (default ${DEFAULT-VALUE})",
            defaultValue = "0.15")
    private double maskedLmProb;

    @Option(
            names = "--max-predictions",
            paramLabel = "N",
            description = "most hidden tokens of an example (default: that share of --max-length, at least 20)")
    private @Nullable Integer maxPredictions;

    @Option(
            names = "--ngram",
            paramLabel = "N",
            description = "most words that are hidden together (default ${DEFAULT-VALUE})",
            defaultValue = "3")
    private int ngram;

    @Option(
            names = "--short-seq-prob",
            paramLabel = "R",
            description = "share of the documents that is cut into shorter examples (default ${DEFAULT-VALUE})",
            defaultValue = "0.1")
    private double shortSeqProb;

    @Option(names = "--no-sop", description = "leave sentence-order prediction out: hidden words alone")
    private boolean noSop;

    @Option(
            names = "--dev-share",
            paramLabel = "R",
            description =
                    "share of the documents held back to evaluate on, chosen by their content (default ${DEFAULT-VALUE})",
            defaultValue = "0.01")
    private double devShare;

    @Option(names = "--one-sentence-a-line", description = "lines are sentences: do not look for sentences in them")
    private boolean oneSentenceALine;

    /** Tokens of an example. */
    int maxLength(int numPositions) {
        return maxLength == null ? Math.min(128, numPositions) : maxLength;
    }

    /** Whether lines are cut into sentences. */
    boolean splitsSentences() {
        return !oneSentenceALine;
    }

    /** Whether the order of segments counts. */
    boolean order() {
        return !noSop;
    }

    /** Share of the documents held back. */
    double devShare() {
        if (!(devShare >= 0 && devShare < 1)) {
            throw new IllegalArgumentException("--dev-share " + devShare + " is not at least 0 and below 1");
        }
        return devShare;
    }

    SegmentRules rules(int length) {
        return new SegmentRules(length, shortSeqProb, noSop ? SegmentRules.Order.NONE : SegmentRules.Order.SOP);
    }

    Masking masking(Vocabulary vocabulary, int length) {
        return new Masking(vocabulary, ngram, maskedLmProb, maxPredictions(length));
    }

    private int maxPredictions(int length) {
        return maxPredictions == null
                ? Math.max(LEAST_PREDICTIONS, (int) Math.ceil(length * maskedLmProb))
                : maxPredictions;
    }

    /** These settings by name. */
    ObjectNode json(int length) {
        return new ObjectMapper()
                .createObjectNode()
                .put("maskedLmProb", maskedLmProb)
                .put("maxPredictions", maxPredictions(length))
                .put("ngram", ngram)
                .put("shortSeqProb", shortSeqProb)
                .put("sentenceOrder", order())
                .put("devShare", devShare)
                .put("splitsSentences", splitsSentences());
    }
}
