package dev.albert4j.tokenize.train;

/**
 * A learnt piece.
 *
 * @param text with ▁ for a space
 * @param score its log probability
 */
record UnigramPiece(String text, float score) {}
