package dev.albert4j.cli;

import dev.albert4j.data.LabeledText;
import dev.albert4j.model.ProblemType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The values of {@code --task}. */
enum FinetuneTask {
    CLASSIFICATION(
            "classification",
            ProblemType.SINGLE_LABEL_CLASSIFICATION,
            List.of("macro_f1", "accuracy", "expected_calibration_error")),
    MULTI_LABEL(
            "multi-label",
            ProblemType.MULTI_LABEL_CLASSIFICATION,
            List.of("micro_f1", "macro_f1", "exact_match", "expected_calibration_error")),
    REGRESSION(
            "regression",
            ProblemType.REGRESSION,
            List.of("pearson", "spearman", "mean_squared_error", "mean_absolute_error")),
    SIMILARITY("similarity", ProblemType.REGRESSION, REGRESSION.metrics),
    NER("ner", ProblemType.UNSPECIFIED, List.of("micro_f1", "macro_f1", "weighted_f1")),
    QA("qa", ProblemType.UNSPECIFIED, List.of("f1", "exact_match")),
    MULTIPLE_CHOICE("multiple-choice", ProblemType.UNSPECIFIED, List.of("accuracy", "expected_calibration_error")),
    FILL_MASK("fill-mask", ProblemType.UNSPECIFIED, List.of("perplexity", "accuracy")),
    RERANK("rerank", ProblemType.UNSPECIFIED, List.of("ndcg_at_10", "mrr_at_10", "map", "accuracy_at_1")),
    /** Measured by the first two on pairs with scores, else as a ranking. */
    EMBEDDING(
            "embedding",
            ProblemType.UNSPECIFIED,
            List.of("spearman", "pearson", "ndcg_at_10", "mrr_at_10", "map", "accuracy_at_1"));

    static final String DESCRIPTION =
            "classification: one label a text or pair of texts; multi-label: any number, a|b; regression: a number; similarity: a"
                    + " number for a pair of texts; ner: what is named; qa: answers in a text; multiple-choice: one of several options;"
                    + " fill-mask: hidden words, of texts without labels; rerank: texts in order of how well they fit a query; embedding: a"
                    + " vector for a text";

    private final String option;
    private final ProblemType problemType;
    private final List<String> metrics;

    FinetuneTask(String option, ProblemType problemType, List<String> metrics) {
        this.option = option;
        this.problemType = problemType;
        this.metrics = metrics;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    static FinetuneTask of(String option) {
        return Arrays.stream(values())
                .filter(task -> task.option.equals(option))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--task " + option + " is not known; there are "
                        + Arrays.stream(values()).map(task -> task.option).toList()));
    }

    ProblemType problemType() {
        return problemType;
    }

    /** The numbers of the task's report, the one that chooses the best epoch first. */
    List<String> metrics() {
        return metrics;
    }

    /** The texts of a file, labelled as the task has it. */
    List<LabeledText> readTexts(Path file, DataOptions options) throws IOException {
        return this == MULTI_LABEL ? options.multiLabelTexts(file) : options.texts(file);
    }
}
