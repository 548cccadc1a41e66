package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Trains a unigram vocabulary from text, as SentencePiece does: starting from many frequent substrings, expectation
 * maximization finds the pieces' probabilities, and in between the pieces that the corpus would miss least are pruned,
 * until the wanted number is left.
 *
 * <p>The text is normalised as ALBERT does it: white space collapsed, NFKD, combining marks dropped, lower case. Time is
 * linear in the length of the text, memory in that of its distinct words. The result is the same for any number of
 * threads and any order of the lines. Immutable and thread-safe.
 *
 * <p>Sources: Kudo, "Subword Regularization" (arXiv 1804.10959), section 3.2; SentencePiece
 * {@code unigram_model_trainer.cc}.
 */
public final class UnigramTrainer {
    /** How many more pieces than wanted the pruning leaves; those with the lowest scores are dropped at the end. */
    private static final double SURPLUS = 1.1;

    private static final double MIN_EXPECTED_COUNT = 0.5;
    private static final double SCORE_STEP = 1e-4; // between the scores of characters that EM has dropped

    private final UnigramTrainerConfig config;

    public UnigramTrainer(UnigramTrainerConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /**
     * Trains a vocabulary.
     *
     * @param lines raw text, read once
     * @throws IllegalArgumentException if the text is empty, has more characters than the vocabulary could hold, or too
     *     few distinct substrings to fill it
     */
    public UnigramVocabulary train(Iterator<String> lines) {
        Units units = Units.of(WordCounts.of(lines), config);
        int numRequired = config.numMetaPieces() + units.alphabet.size();
        if (numRequired > config.vocabSize()) {
            throw new IllegalArgumentException("vocabSize " + config.vocabSize() + " is too small: " + numRequired
                    + " pieces are needed for the special pieces and the characters alone");
        }
        PieceLattice lattice = SeedPieces.find(units, config);
        try (UnitWorkers workers = new UnitWorkers(config.numThreads())) {
            shrink(lattice, workers);
        }
        return new UnigramVocabulary(config, finish(lattice));
    }

    private void shrink(PieceLattice lattice, UnitWorkers workers) {
        int wanted = (int) (config.vocabSize() * SURPLUS);
        while (true) {
            for (int i = 0; i < config.numSubIterations(); i++) {
                maximize(lattice, ExpectedCounts.of(lattice, workers));
            }
            int numAlive = lattice.numAlive();
            if (numAlive <= wanted) {
                return;
            }
            Pruning.prune(lattice, Math.max(wanted, (int) (config.shrinkingFactor() * numAlive)), workers);
        }
    }

    /**
     * The M step. In place of the logarithm of the counts their digamma, the variational Bayes form, which is smaller for
     * rare pieces and so makes the vocabulary sparse; the rarest are removed.
     */
    private static void maximize(PieceLattice lattice, ExpectedCounts expected) {
        double sum = 0;
        for (int piece = 0; piece < lattice.numPieces(); piece++) {
            if (lattice.isAlive(piece) && expected.count(piece) < MIN_EXPECTED_COUNT) {
                lattice.remove(piece);
            }
            sum += lattice.isAlive(piece) ? expected.count(piece) : 0;
        }
        double logSum = digamma(sum);
        for (int piece = 0; piece < lattice.numPieces(); piece++) {
            if (lattice.isAlive(piece)) {
                lattice.setScore(piece, digamma(expected.count(piece)) - logSum);
            }
        }
        lattice.scoreUnknownCharacters();
    }

    /** The derivative of the logarithm of the gamma function, for positive x: recurrence up to 7, then its series. */
    static double digamma(double x) {
        double result = 0;
        double y = x;
        for (; y < 7; y++) {
            result -= 1 / y;
        }
        double r = 1 / (y * y);
        return result + Math.log(y) - 0.5 / y - r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r / 240)));
    }

    /** All characters, and as many other pieces as there is room for, the best first. */
    private List<UnigramPiece> finish(PieceLattice lattice) {
        List<UnigramPiece> pieces = new ArrayList<>();
        double low = lattice.minScore();
        for (int piece = 0; piece < lattice.numCharacters; piece++) {
            if (!lattice.isAlive(piece)) {
                low -= SCORE_STEP;
            }
            double score = lattice.isAlive(piece) ? lattice.score(piece) : low;
            pieces.add(new UnigramPiece(lattice.string(piece), (float) score));
        }
        Set<String> userDefined = new HashSet<>(config.userDefinedSymbols());
        List<UnigramPiece> others = new ArrayList<>();
        for (int piece = lattice.numCharacters; piece < lattice.numPieces(); piece++) {
            String string = lattice.string(piece);
            if (lattice.isAlive(piece) && !userDefined.contains(string)) {
                others.add(new UnigramPiece(string, (float) lattice.score(piece)));
            }
        }
        Comparator<UnigramPiece> bestFirst = Comparator.comparingDouble((UnigramPiece piece) -> -piece.score())
                .thenComparing(UnigramPiece::text);
        others.sort(bestFirst);
        int room = config.vocabSize() - config.numMetaPieces() - pieces.size();
        if (others.size() < room) {
            int most = config.vocabSize() - room + others.size();
            throw new IllegalArgumentException("vocabSize " + config.vocabSize()
                    + " is too large for this corpus: at most " + most + " is possible");
        }
        pieces.addAll(others.subList(0, room));
        pieces.sort(bestFirst);
        return pieces;
    }
}
