package dev.albert4j.model;

/** How a sequence classification head is read; the names are Hugging Face's {@code problem_type} in upper case. */
public enum ProblemType {
    UNSPECIFIED,
    SINGLE_LABEL_CLASSIFICATION,
    MULTI_LABEL_CLASSIFICATION,
    REGRESSION
}
