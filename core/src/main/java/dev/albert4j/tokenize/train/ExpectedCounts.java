package dev.albert4j.tokenize.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The E step: how often each piece is expected to occur in the corpus, over all segmentations weighted by their
 * probability, and the log likelihood of the corpus.
 *
 * <p>For each unit, {@code alpha[j]} is the probability of all segmentations of the first j characters. Going backward,
 * the probability that a segmentation has a boundary at i is the sum, over the pieces from i to j, of the probability of
 * a boundary at j times {@code alpha[i]·p(piece)/alpha[j]}: only ratios of near alphas matter, so that long units need no
 * logarithms but an exponent for each position. Sums are kept as integers, in units of 2⁻²⁴, so that their order, and with
 * it the number of threads, does not change the result.
 *
 * <p>One worker belongs to one thread. Source: SentencePiece {@code Trainer::RunEStep}, {@code Lattice::PopulateMarginal}.
 */
final class ExpectedCounts implements IntConsumer {
    private static final double UNIT = 1 << 24;
    private static final int BLOCK = 256; // alphas are scaled by 2^BLOCK each time they have all become small
    private static final double SMALL = 0x1p-256;
    private static final double LN2 = Math.log(2);

    private final PieceLattice lattice;
    private final long[] counts;
    private long logLikelihood;
    private double[] alpha = new double[64]; // by position in the unit; replaced by boundary/alpha on the way back
    private int[] blocks = new int[64]; // how often alpha[i] was scaled
    private double[] contributions = new double[512]; // of each edge of the unit: alpha[i]·p

    private ExpectedCounts(PieceLattice lattice) {
        this.lattice = lattice;
        counts = new long[lattice.numPieces()];
    }

    /** Runs the step over all units. */
    static ExpectedCounts of(PieceLattice lattice, UnitWorkers workers) {
        List<ExpectedCounts> parts = workers.forEach(lattice.units.numUnits(), () -> new ExpectedCounts(lattice));
        ExpectedCounts sum = parts.get(0);
        for (ExpectedCounts part : parts.subList(1, parts.size())) {
            sum.logLikelihood += part.logLikelihood;
            for (int piece = 0; piece < sum.counts.length; piece++) {
                sum.counts[piece] += part.counts[piece];
            }
        }
        return sum;
    }

    /** The expected number of times that a piece occurs. */
    double count(int piece) {
        return counts[piece] / UNIT;
    }

    /** The natural logarithm of the corpus's probability. */
    double logLikelihood() {
        return logLikelihood / UNIT;
    }

    @Override
    public void accept(int unit) {
        int begin = lattice.units.starts[unit];
        int length = lattice.units.end(unit) - begin;
        long count = lattice.units.counts[unit];
        double logProbability = forward(begin, length);
        logLikelihood += Math.round(logProbability * count * UNIT);
        backward(begin, length, count * UNIT);
    }

    /** Fills alphas and contributions. Returns the log probability of the unit. */
    private double forward(int begin, int length) {
        reserve(length, lattice.firstEdge(begin + length) - lattice.firstEdge(begin));
        Arrays.fill(alpha, 0, length + 1, 0);
        alpha[0] = 1;
        int block = 0;
        int firstEdge = lattice.firstEdge(begin);
        int edge = firstEdge;
        for (int i = 0; i < length; i++) {
            if (alpha[i] < SMALL && scale(i, length)) {
                block++;
            }
            blocks[i] = block;
            double before = alpha[i];
            for (int end = lattice.firstEdge(begin + i + 1); edge < end; edge++) {
                double contribution = before * lattice.probability(lattice.edgePiece(edge));
                contributions[edge - firstEdge] = contribution;
                alpha[i + lattice.edgeLength(edge)] += contribution;
            }
        }
        blocks[length] = block;
        return Math.log(alpha[length]) - block * BLOCK * LN2;
    }

    /** Scales all alphas that are begun, if none is large. */
    private boolean scale(int i, int length) {
        int last = Math.min(length, i + PieceLattice.MAX_PIECE_LENGTH);
        for (int j = i; j <= last; j++) {
            if (alpha[j] >= SMALL) {
                return false;
            }
        }
        for (int j = i; j <= last; j++) {
            alpha[j] = Math.scalb(alpha[j], BLOCK);
        }
        return true;
    }

    private void backward(int begin, int length, double weight) {
        alpha[length] = 1 / alpha[length];
        int firstEdge = lattice.firstEdge(begin);
        for (int i = length - 1; i >= 0; i--) {
            double boundary = 0;
            int end = lattice.firstEdge(begin + i + 1);
            for (int edge = lattice.firstEdge(begin + i); edge < end; edge++) {
                int next = i + lattice.edgeLength(edge);
                double probability = contributions[edge - firstEdge] * alpha[next];
                if (blocks[next] != blocks[i]) {
                    probability = Math.scalb(probability, BLOCK * (blocks[next] - blocks[i]));
                }
                counts[lattice.edgePiece(edge)] += (long) (probability * weight + 0.5);
                boundary += probability;
            }
            alpha[i] = alpha[i] > Double.MIN_NORMAL ? boundary / alpha[i] : 0;
        }
    }

    private void reserve(int length, int numEdges) {
        if (alpha.length <= length) {
            alpha = new double[Math.max(length + 1, alpha.length * 2)];
            blocks = new int[alpha.length];
        }
        if (contributions.length < numEdges) {
            contributions = new double[Math.max(numEdges, contributions.length * 2)];
        }
    }
}
