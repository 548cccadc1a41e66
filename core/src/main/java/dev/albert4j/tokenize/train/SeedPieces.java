package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The pieces that training starts from: all characters, and the substrings of 2 to {@code maxPieceLength} characters that
 * occur at least twice in the corpus and are not always followed by the same character inside a unit (the inner nodes of
 * the suffix tree), of which the {@code seedSize} with the largest product of frequency and length are kept.
 *
 * <p>Found by sorting the suffixes of all units by their first {@code maxPieceLength} characters with multikey
 * quicksort: each group of suffixes that agree is visited once, and all occurrences of a substring come to lie together.
 *
 * <p>Source: SentencePiece {@code Trainer::MakeSeedSentencePieces}; Bentley and Sedgewick, "Fast algorithms for sorting
 * and searching strings", 1997.
 */
final class SeedPieces {
    /** A substring: the suffixes that begin with it, its length and how often it occurs. */
    private record Candidate(int begin, int end, int length, long frequency) {
        double coverage() {
            return (double) frequency * length;
        }
    }

    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparingDouble(Candidate::coverage).reversed();

    private final Units units;
    private final int maxLength;
    private final int seedSize;
    private final int[] suffixes; // positions in the text; those of a group lie side by side
    private final long[] weights; // of each position: the count of its unit
    private final List<Candidate> candidates = new ArrayList<>();

    private SeedPieces(Units units, UnigramTrainerConfig config) {
        this.units = units;
        maxLength = config.maxPieceLength();
        seedSize = config.seedSize();
        weights = new long[units.text.length];
        suffixes = new int[units.text.length - units.numUnits()];
        int n = 0;
        for (int unit = 0; unit < units.numUnits(); unit++) {
            for (int i = units.starts[unit]; i < units.end(unit); i++) {
                weights[i] = units.counts[unit];
                suffixes[n++] = i;
            }
        }
    }

    /** Finds the pieces, each scored by the logarithm of its share of the corpus's characters. */
    static PieceLattice find(Units units, UnigramTrainerConfig config) {
        SeedPieces seeds = new SeedPieces(units, config);
        seeds.sort(0, seeds.suffixes.length, 0);
        seeds.keepBest();
        PieceLattice lattice = new PieceLattice(units, units.alphabet.size() + seeds.candidates.size(), seeds::places);
        double[] weight = seeds.pieceWeights();
        double sum = 0;
        for (double w : weight) {
            sum += w;
        }
        for (int piece = 0; piece < weight.length; piece++) {
            lattice.setScore(piece, Math.log(weight[piece]) - Math.log(sum));
        }
        return lattice;
    }

    /** Sorts suffixes that agree in their first {@code depth} characters by the next one, and so on inward. */
    private void sort(int begin, int end, int depth) {
        int lo = begin;
        int hi = end;
        while (lo < hi) {
            int pivot = symbol(lo + (hi - lo) / 2, depth);
            int less = lo;
            int greater = hi;
            for (int i = lo; i < greater; ) {
                int symbol = symbol(i, depth);
                if (symbol < pivot) {
                    swap(less++, i++);
                } else if (symbol > pivot) {
                    swap(--greater, i);
                } else {
                    i++;
                }
            }
            if (pivot != Units.END) {
                visit(less, greater, depth + 1);
            }
            if (less - lo < hi - greater) { // recur into the smaller side alone: the stack stays low
                sort(lo, less, depth);
                lo = greater;
            } else {
                sort(greater, hi, depth);
                hi = less;
            }
        }
    }

    /** Takes a group of all suffixes that begin with the same {@code depth} characters, then the groups inside it. */
    private void visit(int begin, int end, int depth) {
        int length = depth;
        while (length < maxLength && isFollowedByOne(begin, end, length)) {
            length++;
        }
        boolean branches = length < maxLength || !isFollowedByOne(begin, end, length);
        if (branches && length > 1) {
            long frequency = 0;
            for (int i = begin; i < end; i++) {
                frequency += weights[suffixes[i]];
            }
            if (frequency > 1) {
                candidates.add(new Candidate(begin, end, length, frequency));
                if (candidates.size() >= 4L * seedSize) {
                    keepBest();
                }
            }
        }
        if (length < maxLength && end - begin > 1) {
            sort(begin, end, length);
        }
    }

    /** Whether all suffixes of a group have the same character after the first {@code depth}. */
    private boolean isFollowedByOne(int begin, int end, int depth) {
        int first = symbol(begin, depth);
        if (first == Units.END) {
            return false;
        }
        for (int i = begin + 1; i < end; i++) {
            if (symbol(i, depth) != first) {
                return false;
            }
        }
        return true;
    }

    private int symbol(int suffix, int depth) {
        return units.text[suffixes[suffix] + depth];
    }

    private void swap(int i, int j) {
        int suffix = suffixes[i];
        suffixes[i] = suffixes[j];
        suffixes[j] = suffix;
    }

    private void keepBest() {
        candidates.sort(BEST_FIRST);
        if (candidates.size() > seedSize) {
            candidates.subList(seedSize, candidates.size()).clear();
        }
    }

    /** All places of all pieces; the characters are the first pieces. */
    private void places(PieceLattice.PlaceVisitor visitor) {
        for (int position : suffixes) {
            visitor.visit(units.text[position], position, 1);
        }
        int piece = units.alphabet.size();
        for (Candidate candidate : candidates) {
            for (int i = candidate.begin; i < candidate.end; i++) {
                visitor.visit(piece, suffixes[i], candidate.length);
            }
            piece++;
        }
    }

    private double[] pieceWeights() {
        int numCharacters = units.alphabet.size();
        double[] weight = new double[numCharacters + candidates.size()];
        for (int position : suffixes) {
            weight[units.text[position]] += weights[position];
        }
        for (int i = 0; i < candidates.size(); i++) {
            weight[numCharacters + i] = candidates.get(i).coverage();
        }
        return weight;
    }
}
