package dev.albert4j.tokenize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The steps of training against what a definition says, computed in full. */
class UnigramTrainingTest {
    private static final UnigramTrainerConfig CONFIG =
            UnigramTrainerConfig.builder(100).characterCoverage(1).build();

    private static PieceLattice seeds(List<String> lines) {
        return SeedPieces.find(Units.of(WordCounts.of(lines.iterator()), CONFIG), CONFIG);
    }

    private static Map<String, Integer> ids(PieceLattice lattice) {
        Map<String, Integer> ids = new HashMap<>();
        for (int piece = 0; piece < lattice.numPieces(); piece++) {
            ids.put(lattice.string(piece), piece);
        }
        return ids;
    }

    /** Adds up the probability of all segmentations from a place on, and of those through each piece. */
    private static double enumerate(
            String rest, double probability, List<String> path, PieceLattice lattice, Map<String, Double> through) {
        if (rest.isEmpty()) {
            path.forEach(piece -> through.merge(piece, probability, Double::sum));
            return probability;
        }
        double sum = 0;
        Map<String, Integer> ids = ids(lattice);
        for (int end = 1; end <= rest.length(); end++) {
            String piece = rest.substring(0, end);
            Integer id = ids.get(piece);
            if (id != null) {
                List<String> longer = new ArrayList<>(path);
                longer.add(piece);
                sum += enumerate(rest.substring(end), probability * lattice.probability(id), longer, lattice, through);
            }
        }
        return sum;
    }

    @Test
    void expectedCountsAreThoseOfAllSegmentations() {
        List<String> words = List.of("banana", "bandana", "ananas", "anna");
        PieceLattice lattice = seeds(words);
        Map<String, Double> counts = new HashMap<>();
        double logLikelihood = 0;
        for (String word : words) {
            Map<String, Double> through = new HashMap<>();
            double probability = enumerate("▁" + word, 1, List.of(), lattice, through);
            through.forEach((piece, p) -> counts.merge(piece, p / probability, Double::sum));
            logLikelihood += Math.log(probability);
        }
        try (UnitWorkers workers = new UnitWorkers(2)) {
            ExpectedCounts expected = ExpectedCounts.of(lattice, workers);
            assertThat(expected.logLikelihood()).isCloseTo(logLikelihood, within(1e-5));
            for (int piece = 0; piece < lattice.numPieces(); piece++) {
                assertThat(expected.count(piece))
                        .as(lattice.string(piece))
                        .isCloseTo(counts.getOrDefault(lattice.string(piece), 0.0), within(1e-5));
            }
        }
    }

    @Test
    void likelihoodDoesNotFallFromOneIterationToTheNext() {
        PieceLattice lattice = seeds(MadeUpText.lines(3, 300));
        try (UnitWorkers workers = new UnitWorkers(2)) {
            double last = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < 12; i++) {
                ExpectedCounts expected = ExpectedCounts.of(lattice, workers);
                assertThat(expected.logLikelihood()).isGreaterThan(last);
                last = expected.logLikelihood();
                double sum = 0;
                for (int piece = 0; piece < lattice.numPieces(); piece++) {
                    sum += expected.count(piece);
                }
                for (int piece = 0; piece < lattice.numPieces(); piece++) {
                    if (expected.count(piece) > 0) {
                        lattice.setScore(piece, Math.log(expected.count(piece) / sum));
                    } else {
                        lattice.remove(piece);
                    }
                }
            }
        }
    }

    @Test
    void veryLongWordsDoNotUnderflow() {
        PieceLattice lattice = seeds(List.of("xyz".repeat(20_000), "x y z"));
        for (int piece = 0; piece < lattice.numPieces(); piece++) {
            if (lattice.length(piece) > 1) {
                lattice.remove(piece);
            } else {
                lattice.setScore(piece, -20);
            }
        }
        try (UnitWorkers workers = new UnitWorkers(2)) {
            ExpectedCounts expected = ExpectedCounts.of(lattice, workers);
            assertThat(expected.logLikelihood()).isCloseTo(-20.0 * (60_000 + 1 + 6), within(1e-3));
            assertThat(expected.count(ids(lattice).getOrDefault("y", -1))).isCloseTo(20_001, within(1e-3));
        }
    }

    @Test
    void seedsAreTheFrequentSubstringsThatBranch() {
        List<String> words = List.of("banana", "bandana", "bandana", "ananas", "anna", "sandbank", "tatatatata");
        Map<String, Set<String>> followers = new TreeMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (int k = 0; k < words.size(); k++) {
            String word = "▁" + words.get(k);
            for (int i = 0; i < word.length(); i++) {
                for (int j = i + 1; j <= word.length(); j++) {
                    String next = j < word.length() ? word.substring(j, j + 1) : "end " + k;
                    followers
                            .computeIfAbsent(word.substring(i, j), piece -> new HashSet<>())
                            .add(next);
                    counts.merge(word.substring(i, j), 1, Integer::sum);
                }
            }
        }
        List<String> wanted = new ArrayList<>();
        followers.forEach((piece, next) -> {
            if (piece.length() == 1 || next.size() > 1 && counts.getOrDefault(piece, 0) > 1) {
                wanted.add(piece);
            }
        });
        assertThat(ids(seeds(words)).keySet()).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void pruningRemovesFirstWhatHasCheapAlternatives() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add("house houses boat boats tree trees house");
            lines.add("quixotic " + "abcdef".substring(i % 6, i % 6 + 1) + "s");
        }
        PieceLattice lattice = seeds(lines);
        try (UnitWorkers workers = new UnitWorkers(2)) {
            Pruning.prune(lattice, lattice.numCharacters + 5, workers);
        }
        assertThat(lattice.numAlive()).isLessThanOrEqualTo(lattice.numCharacters + 5);
        assertThat(ids(lattice))
                .containsKeys("▁house", "▁quixotic", "▁tree", "s")
                .doesNotContainKeys("ouse", "▁hous");
    }

    @Test
    void wordsAreCutAtSymbolsUnknownCharactersAndScripts() {
        UnitSplitter splitter = new UnitSplitter(List.of("(", ")", "...", "."));
        TreeMap<String, long[]> units = new TreeMap<>();
        splitter.split("(don't)...3,000km日本のテー#東", 1, c -> c != '#', units);
        assertThat(units.keySet()).containsExactlyInAnyOrder("▁", "don", "'", "t", "3,000", "km", "日本のテー", "東");
        units.clear();
        splitter.split("don(a.a", 2, c -> true, units);
        assertThat(units.keySet()).containsExactlyInAnyOrder("▁don", "a");
        assertThat(units.get("a")).containsExactly(4);
    }

    @Test
    void theAlphabetCoversTheWantedShareAndAlwaysTheSpace() {
        Map<Integer, long[]> counts = new HashMap<>();
        counts.put((int) 'a', new long[] {900});
        counts.put((int) 'b', new long[] {80});
        counts.put((int) 'c', new long[] {19});
        counts.put((int) WordCounts.SPACE, new long[] {1});
        Alphabet alphabet = new Alphabet(counts, 0.98);
        assertThat(alphabet.size()).isEqualTo(3);
        assertThat(alphabet.index('a')).isZero();
        assertThat(alphabet.index('b')).isEqualTo(1);
        assertThat(alphabet.index('c')).isEqualTo(-1);
        assertThat(alphabet.codePoint(2)).isEqualTo(WordCounts.SPACE);
    }
}
