package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Removes the pieces whose loss costs the likelihood of the corpus least: how much it falls is estimated by putting, in
 * the best segmentation of every unit, the second best segmentation of the piece's own string in its place.
 *
 * <p>Source: SentencePiece {@code Trainer::PruneSentencePieces}.
 */
final class Pruning {
    private record Loss(int piece, double loss) {}

    private final PieceLattice lattice;
    private final long[] frequencies; // of each piece in the best segmentations
    private final double sum; // of the frequencies

    private Pruning(PieceLattice lattice, UnitWorkers workers) {
        this.lattice = lattice;
        frequencies = new long[lattice.numPieces()];
        for (BestPathCounts part : workers.forEach(lattice.units.numUnits(), () -> new BestPathCounts(lattice))) {
            for (int piece = 0; piece < frequencies.length; piece++) {
                frequencies[piece] += part.counts[piece];
            }
        }
        double total = 0;
        for (long frequency : frequencies) {
            total += frequency;
        }
        sum = total;
    }

    /** Keeps at most {@code size} pieces, more only if there are more characters. */
    static void prune(PieceLattice lattice, int size, UnitWorkers workers) {
        Pruning pruning = new Pruning(lattice, workers);
        List<Loss> losses = pruning.losses(workers);
        int numKept = 0;
        for (int piece = 0; piece < lattice.numPieces(); piece++) {
            if (lattice.isAlive(piece) && pruning.frequencies[piece] == 0) {
                lattice.remove(piece);
            } else if (lattice.isAlive(piece) && piece < lattice.numCharacters) {
                numKept++; // a character has no other segmentation
            }
        }
        losses.sort(Comparator.comparingDouble(Loss::loss).reversed().thenComparingInt(Loss::piece));
        for (Loss loss : losses) {
            if (numKept < size && loss.loss > Double.NEGATIVE_INFINITY) {
                numKept++;
            } else {
                lattice.remove(loss.piece);
            }
        }
        lattice.scoreUnknownCharacters();
        lattice.compact();
    }

    /** The losses of the pieces that could go; negative infinity for one that is not the best segmentation of its string. */
    private List<Loss> losses(UnitWorkers workers) {
        List<Loss> losses = new ArrayList<>();
        for (LossFinder part : workers.forEach(lattice.numPieces(), () -> new LossFinder(this))) {
            losses.addAll(part.losses);
        }
        return losses;
    }

    /** Counts pieces in the best segmentations of units. */
    private static final class BestPathCounts implements IntConsumer {
        private final PieceLattice lattice;
        private final BestPath path;
        private final long[] counts;

        BestPathCounts(PieceLattice lattice) {
            this.lattice = lattice;
            path = new BestPath(lattice);
            counts = new long[lattice.numPieces()];
        }

        @Override
        public void accept(int unit) {
            int begin = lattice.units.starts[unit];
            int length = lattice.units.end(unit) - begin;
            path.find(begin, length, false);
            for (int end = length; end > 0; end -= lattice.length(path.lastPiece(end))) {
                counts[path.lastPiece(end)] += lattice.units.counts[unit];
            }
        }
    }

    /** Finds the losses of pieces. */
    private static final class LossFinder implements IntConsumer {
        private final Pruning pruning;
        private final BestPath path;
        private final List<Loss> losses = new ArrayList<>();

        LossFinder(Pruning pruning) {
            this.pruning = pruning;
            path = new BestPath(pruning.lattice);
        }

        @Override
        public void accept(int piece) {
            PieceLattice lattice = pruning.lattice;
            if (piece < lattice.numCharacters || pruning.frequencies[piece] == 0) {
                return;
            }
            int length = lattice.length(piece);
            double alternative = path.find(lattice.position(piece), length, true);
            boolean best = alternative <= lattice.score(piece);
            losses.add(new Loss(piece, best ? loss(piece, length) : Double.NEGATIVE_INFINITY));
        }

        private double loss(int piece, int length) {
            double frequency = pruning.frequencies[piece];
            int numParts = 0;
            for (int end = length; end > 0; end -= pruning.lattice.length(path.lastPiece(end))) {
                numParts++;
            }
            // Without the piece its occurrences turn into those of its parts, and so the sum of all grows.
            double logSum = Math.log(pruning.sum + frequency * (numParts - 1));
            double logParts = 0;
            for (int end = length; end > 0; end -= pruning.lattice.length(path.lastPiece(end))) {
                logParts += Math.log(pruning.frequencies[path.lastPiece(end)] + frequency) - logSum;
            }
            return frequency * (Math.log(frequency) - Math.log(pruning.sum) - logParts);
        }
    }
}
