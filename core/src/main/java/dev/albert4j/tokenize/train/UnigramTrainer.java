package dev.albert4j.tokenize.train;

import dev.albert4j.tokenize.AlbertPreprocessing;
import dev.albert4j.tokenize.SentencePieceModel;
import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
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
 * <p>The text is preprocessed as ALBERT does it ({@link AlbertPreprocessing}). Time is linear in the length of the text,
 * memory in that of its distinct words. The result is the same for any number of threads and any order of the lines.
 * Immutable and thread-safe.
 *
 * <p>Known differences from SentencePiece's trainer: it counts unknown characters and user-defined symbols as its first
 * piece, the lone space, whose score comes out far too high (ALBERT's own has it, too); it takes the words in front of a
 * space for seeds only if something else follows them elsewhere; it leaves out lines above 4192 bytes.
 *
 * <p>Sources: Kudo, "Subword Regularization" (arXiv 1804.10959), section 3.2; SentencePiece
 * {@code unigram_model_trainer.cc}.
 */
public final class UnigramTrainer {
    /** How many more pieces than wanted the pruning leaves; those with the lowest scores are dropped at the end. */
    private static final double SURPLUS = 1.1;

    private static final double MIN_EXPECTED_COUNT = 0.5;
    private static final double SCORE_STEP = 1e-4; // between the scores of characters that EM has dropped

    private static final Comparator<Piece> BEST_FIRST =
            Comparator.comparingDouble((Piece piece) -> -piece.score()).thenComparing(Piece::text);

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
    public SentencePieceModel train(Iterator<String> lines) {
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
        return SentencePieceModel.of(finish(lattice));
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

    /** The special pieces, then the characters and as many other pieces as there is room for, the best first. */
    private List<Piece> finish(PieceLattice lattice) {
        List<Piece> learnt = characters(lattice);
        List<Piece> others = new ArrayList<>();
        Set<String> userDefined = new HashSet<>(config.userDefinedSymbols());
        for (int piece = lattice.numCharacters; piece < lattice.numPieces(); piece++) {
            String text = lattice.string(piece);
            if (lattice.isAlive(piece) && !userDefined.contains(text)) {
                others.add(new Piece(text, (float) lattice.score(piece), Type.NORMAL));
            }
        }
        int room = config.vocabSize() - config.numMetaPieces() - learnt.size();
        if (others.size() < room) {
            int most = config.vocabSize() - room + others.size();
            throw new IllegalArgumentException("vocabSize " + config.vocabSize()
                    + " is too large for this corpus: at most " + most + " is possible");
        }
        others.sort(BEST_FIRST);
        learnt.addAll(others.subList(0, room));
        learnt.sort(BEST_FIRST);
        List<Piece> pieces = new ArrayList<>(config.vocabSize());
        for (String special : UnigramTrainerConfig.SPECIAL_PIECES) {
            pieces.add(new Piece(special, 0, special.equals("<unk>") ? Type.UNKNOWN : Type.CONTROL));
        }
        config.userDefinedSymbols().forEach(symbol -> pieces.add(new Piece(symbol, 0, Type.USER_DEFINED)));
        pieces.addAll(learnt);
        return pieces;
    }

    private static List<Piece> characters(PieceLattice lattice) {
        List<Piece> characters = new ArrayList<>();
        double low = lattice.minScore();
        for (int piece = 0; piece < lattice.numCharacters; piece++) {
            if (!lattice.isAlive(piece)) {
                low -= SCORE_STEP;
            }
            double score = lattice.isAlive(piece) ? lattice.score(piece) : low;
            characters.add(new Piece(lattice.string(piece), (float) score, Type.NORMAL));
        }
        return characters;
    }
}
