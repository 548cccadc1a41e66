package dev.albert4j.tokenize;

/** Which of two texts loses tokens when a pair is too long; a single text always loses its end. */
public enum Truncation {
    /** The longer one, token by token (google-research {@code _truncate_seq_pair}, Hugging Face {@code longest_first}). */
    LONGEST_FIRST,
    /** The first text only. */
    ONLY_FIRST,
    /** The second text only. */
    ONLY_SECOND
}
