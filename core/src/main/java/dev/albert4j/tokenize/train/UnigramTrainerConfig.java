package dev.albert4j.tokenize.train;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a unigram vocabulary is trained. Immutable. The defaults are SentencePiece's, with ALBERT's special pieces and
 * character coverage.
 *
 * @param vocabSize V: number of pieces of the result, special pieces included
 * @param characterCoverage share of the corpus's characters that get a piece of their own, at least 0.98; the rarest of
 *     the others become unknown
 * @param maxPieceLength longest piece, in code points, 1 to 63
 * @param seedSize most substrings that training starts from, 1000 to 5 million
 * @param shrinkingFactor share of the pieces that a pruning keeps, 0.5 to 0.95
 * @param numSubIterations EM iterations between two prunings, 1 to 10
 * @param numThreads threads, 1 to 128; the result does not depend on it
 * @param userDefinedSymbols strings of the normalised text that are always pieces of their own, never part of another
 */
public record UnigramTrainerConfig(
        int vocabSize,
        double characterCoverage,
        int maxPieceLength,
        int seedSize,
        double shrinkingFactor,
        int numSubIterations,
        int numThreads,
        List<String> userDefinedSymbols) {

    /** The pieces before the user-defined ones, by id: padding, unknown and ALBERT's control pieces. */
    static final List<String> SPECIAL_PIECES = List.of("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]");

    private static final List<String> ALBERT_SYMBOLS = List.of("(", ")", "\"", "-", ".", "–", "£", "€");

    public UnigramTrainerConfig {
        userDefinedSymbols = List.copyOf(userDefinedSymbols);
        within("characterCoverage", characterCoverage, 0.98, 1);
        within("maxPieceLength", maxPieceLength, 1, PieceLattice.MAX_PIECE_LENGTH);
        within("seedSize", seedSize, 1000, 5_000_000);
        within("shrinkingFactor", shrinkingFactor, 0.5, 0.95);
        within("numSubIterations", numSubIterations, 1, 10);
        within("numThreads", numThreads, 1, 128);
        Set<String> seen = new HashSet<>(SPECIAL_PIECES);
        for (String symbol : userDefinedSymbols) {
            if (symbol.isEmpty() || symbol.chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException(
                        "user-defined symbol '" + symbol + "' is empty or holds white space");
            }
            if (!seen.add(symbol)) {
                throw new IllegalArgumentException("user-defined symbol " + symbol + " is defined twice");
            }
        }
        int numMetaPieces = SPECIAL_PIECES.size() + userDefinedSymbols.size();
        if (vocabSize <= numMetaPieces) {
            throw new IllegalArgumentException("vocabSize " + vocabSize + " must be above the " + numMetaPieces
                    + " special and user-defined pieces");
        }
    }

    private static void within(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(name + " " + value + " is not between " + min + " and " + max);
        }
    }

    private static void within(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " " + value + " is not between " + min + " and " + max);
        }
    }

    /** Number of special and user-defined pieces, which stand before the learnt ones. */
    int numMetaPieces() {
        return SPECIAL_PIECES.size() + userDefinedSymbols.size();
    }

    /** A builder with the default values, which uses every processor. */
    public static Builder builder(int vocabSize) {
        return new Builder(vocabSize);
    }

    /** Collects the values of a {@link UnigramTrainerConfig}. Not thread-safe. */
    public static final class Builder {
        private final int vocabSize;
        private double characterCoverage = 0.99995;
        private int maxPieceLength = 16;
        private int seedSize = 1_000_000;
        private double shrinkingFactor = 0.75;
        private int numSubIterations = 2;
        private int numThreads = Math.min(128, Runtime.getRuntime().availableProcessors());
        private List<String> userDefinedSymbols = ALBERT_SYMBOLS;

        private Builder(int vocabSize) {
            this.vocabSize = vocabSize;
        }

        public Builder characterCoverage(double value) {
            characterCoverage = value;
            return this;
        }

        public Builder maxPieceLength(int value) {
            maxPieceLength = value;
            return this;
        }

        public Builder seedSize(int value) {
            seedSize = value;
            return this;
        }

        public Builder shrinkingFactor(double value) {
            shrinkingFactor = value;
            return this;
        }

        public Builder numSubIterations(int value) {
            numSubIterations = value;
            return this;
        }

        public Builder numThreads(int value) {
            numThreads = value;
            return this;
        }

        public Builder userDefinedSymbols(List<String> value) {
            userDefinedSymbols = value;
            return this;
        }

        /** @throws IllegalArgumentException if a value is out of its range */
        public UnigramTrainerConfig build() {
            return new UnigramTrainerConfig(
                    vocabSize,
                    characterCoverage,
                    maxPieceLength,
                    seedSize,
                    shrinkingFactor,
                    numSubIterations,
                    numThreads,
                    userDefinedSymbols);
        }
    }
}
