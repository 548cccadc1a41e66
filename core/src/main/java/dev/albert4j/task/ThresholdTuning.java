package dev.albert4j.task;

/** How the probabilities from which on labels are given are chosen on labelled texts. */
public enum ThresholdTuning {
    /** Not at all: one half. */
    NONE,
    /** One for each label: that of its best F1. A label that no text has keeps one half. */
    LABEL,
    /** One for all labels: that of the best micro-averaged F1. */
    GLOBAL
}
