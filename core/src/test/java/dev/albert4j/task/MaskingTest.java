package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.tokenize.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected statistics are those of google-research's generator itself, run 20,000 times on the same text. */
class MaskingTest {
    private static final int TEXTS = 20_000;
    private static final Vocabulary VOCABULARY = new Vocabulary(
            List.of("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "▁the", "ing", "2", ".", "中", "...", "▁a"),
            "<pad>",
            "<unk>");
    private static final int BEGIN = 5;
    private static final int CONTINUE = 6;

    @Test
    void nIsDrawnInProportionToItsInverse() {
        int[] ids = repeated(2000, BEGIN); // long enough that two n-grams seldom touch
        Masking masking = new Masking(VOCABULARY, 3, 0.002, 1000); // 4 pieces
        long[] firsts = new long[4];
        for (int seed = 0; seed < TEXTS; seed++) {
            int[] positions = masking.apply(ids, seed).positions();
            assertThat(positions).hasSize(4);
            List<Integer> runs = runs(chosen(positions, ids.length), 0, ids.length);
            if (runs.equals(List.of(1, 3)) || runs.equals(List.of(3, 1))) {
                firsts[3]++;
            } else if (runs.equals(List.of(2, 2))) {
                firsts[2]++;
            } else if (runs.equals(List.of(1, 1, 1, 1))) {
                firsts[1]++;
            }
        }
        // n of the n-grams in turn; one that would exceed 4 pieces is made shorter.
        double one = 6.0 / 11;
        double two = 3.0 / 11;
        double three = 2.0 / 11;
        assertThat(firsts[1] / (double) TEXTS).isCloseTo(one * one * one, within(0.01));
        assertThat(firsts[2] / (double) TEXTS).isCloseTo(two * (two + three), within(0.01));
        assertThat(firsts[3] / (double) TEXTS).isCloseTo(three + one * three, within(0.01));
    }

    @ParameterizedTest
    @CsvSource({
        "0.15, 18, 0.1593, 0.1500, 0.1398, 0.5596, 0.2585, 0.1507, 7.0138, 0.1096, 0.1514",
        "0.3,  37, 0.3169, 0.3085, 0.2988, 0.4805, 0.2621, 0.1703, 12.3053, 0.2217, 0.3166"
    })
    void statisticsAreThoseOfGooglesGenerator(
            double probability,
            int predictions,
            double ones,
            double twos,
            double threes,
            double singles,
            double pairs,
            double triples,
            double runsPerText,
            double firstWord,
            double lastWord) {
        int[] ids = text();
        List<int[]> words = words(ids);
        Masking masking = new Masking(VOCABULARY, 3, probability, 1000);
        double[] chosenByLength = new double[4];
        double[] wordsByLength = new double[4];
        double[] runs = new double[words.size() + 1];
        double[] edges = new double[2];
        for (int seed = 0; seed < TEXTS; seed++) {
            Masking.Masked masked = masking.apply(ids, seed);
            assertThat(masked.positions()).hasSize(predictions);
            BitSet chosen = chosen(masked.positions(), ids.length);
            BitSet chosenWords = new BitSet();
            for (int word = 0; word < words.size(); word++) {
                int begin = words.get(word)[0];
                int length = words.get(word)[1] - begin;
                assertThat(chosen.get(begin, begin + length).cardinality())
                        .as("pieces of a word, seed %d", seed)
                        .isIn(0, length);
                chosenWords.set(word, chosen.get(begin));
                wordsByLength[length]++;
                chosenByLength[length] += chosen.get(begin) ? 1 : 0;
            }
            edges[0] += chosenWords.get(0) ? 1 : 0;
            edges[1] += chosenWords.get(words.size() - 1) ? 1 : 0;
            runs(chosenWords, 0, words.size()).forEach(run -> runs[run]++);
        }
        double allRuns = Arrays.stream(runs).sum();
        assertThat(allRuns / TEXTS).isCloseTo(runsPerText, within(0.05));
        assertThat(new double[] {
                    chosenByLength[1] / wordsByLength[1],
                    chosenByLength[2] / wordsByLength[2],
                    chosenByLength[3] / wordsByLength[3],
                    runs[1] / allRuns,
                    runs[2] / allRuns,
                    runs[3] / allRuns,
                    edges[0] / TEXTS,
                    edges[1] / TEXTS
                })
                .containsExactly(
                        new double[] {ones, twos, threes, singles, pairs, triples, firstWord, lastWord}, within(0.012));
    }

    @Test
    void ofTheChosenPiecesEightInTenBecomeTheMaskOneStaysOneIsARandomPiece() {
        int[] ids = text();
        Masking masking = new Masking(VOCABULARY, 3, 0.15, 1000);
        double[] count = new double[VOCABULARY.size()];
        double all = 0;
        for (int seed = 0; seed < TEXTS; seed++) {
            Masking.Masked masked = masking.apply(ids, seed);
            for (int i = 0; i < masked.positions().length; i++) {
                int position = masked.positions()[i];
                assertThat(masked.targets()[i]).isEqualTo(ids[position]);
                if (ids[position] == BEGIN) {
                    count[masked.ids()[position]]++;
                    all++;
                }
            }
        }
        int ordinary = VOCABULARY.size() - 5;
        assertThat(count[VOCABULARY.maskId()] / all).isCloseTo(0.8, within(0.005));
        assertThat(count[BEGIN] / all).isCloseTo(0.1 + 0.1 / ordinary, within(0.005));
        for (int id = 0; id < VOCABULARY.size(); id++) {
            if (id != VOCABULARY.maskId() && id != BEGIN) {
                double expected = VOCABULARY.isSpecial(id) ? 0 : 0.1 / ordinary;
                assertThat(count[id] / all).as(VOCABULARY.token(id)).isCloseTo(expected, within(0.002));
            }
        }
    }

    @Test
    void nothingButTheChosenPiecesChangesAndSpecialTokensAreNeverChosen() {
        int[] ids = text();
        ids[7] = VOCABULARY.unkId();
        ids[9] = VOCABULARY.padId();
        int[] before = ids.clone();
        Masking masking = new Masking(VOCABULARY, 3, 1, 1000); // all there is
        for (int seed = 0; seed < 100; seed++) {
            Masking.Masked masked = masking.apply(ids, seed);
            assertThat(ids).isEqualTo(before);
            int[] restored = masked.ids().clone();
            for (int i = 0; i < masked.positions().length; i++) {
                assertThat(VOCABULARY.isSpecial(masked.targets()[i])).isFalse();
                restored[masked.positions()[i]] = masked.targets()[i];
            }
            assertThat(restored).isEqualTo(ids);
            assertThat(masked.positions()).isSorted().hasSizeGreaterThan(80);
        }
    }

    @Test
    void theSameSeedHidesTheSameAndNeighboursHideOther() {
        Masking masking = new Masking(VOCABULARY, 3, 0.15, 20);
        Masking.Masked first = masking.apply(text(), 5);
        Masking.Masked again = masking.apply(text(), 5);
        assertThat(again.ids()).isEqualTo(first.ids());
        assertThat(again.positions()).isEqualTo(first.positions());
        assertThat(masking.apply(text(), 6).positions()).isNotEqualTo(first.positions());
    }

    @Test
    void noMoreAreChosenThanAllowedAndTheShareIsRoundedHalfToEven() {
        Masking masking = new Masking(VOCABULARY, 3, 0.15, 20);
        assertThat(IntStream.of(1, 10, 30, 128, 150, 512).map(masking::numPredictions))
                .containsExactly(1, 2, 4, 19, 20, 20);
        assertThat(masking.apply(repeated(512, BEGIN), 1).positions()).hasSize(20);
    }

    @Test
    void sentencePieceWordsBeginWhereGoogleSaysTheyDo() {
        // ▁the | ing belongs to it | 2 | . | 中 | ... belongs to the word before it
        assertThat(groups(VOCABULARY, 5, 6, 7, 8, 9, 10)).containsExactly(2, 1, 1, 2);
        assertThat(groups(VOCABULARY, 6, 6, 11)).containsExactly(2, 1); // a text that begins within a word
        assertThat(groups(VOCABULARY, 5, 3, 6, 6)).containsExactly(1, 2); // a special token ends a word
    }

    @Test
    void wordPieceWordsGoOnWithTwoHashes() {
        Vocabulary wordPiece = new Vocabulary(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ing", "中", "国", "▁"),
                "[PAD]",
                "[UNK]");
        assertThat(groups(wordPiece, 5, 6, 6, 7, 8, 5, 9)).containsExactly(3, 1, 1, 1, 1);
    }

    @Test
    void aTextWithoutWordsThatFitHasNoPredictions() {
        Masking masking = new Masking(VOCABULARY, 3, 0.15, 20);
        assertThat(masking.apply(new int[] {2, 3}, 1).positions()).isEmpty();
        assertThat(masking.apply(new int[] {2, BEGIN, CONTINUE, 3}, 1).positions())
                .isEmpty(); // 2 pieces for 1
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Masking(VOCABULARY, 0, 0.15, 20)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Masking(VOCABULARY, 3, Double.NaN, 20))
                .hasMessage(
                        "maxNgram and maxPredictions must be positive and the probability in (0, 1], but they are 3, 20"
                                + " and NaN");
        assertThatThrownBy(() -> new Masking(VOCABULARY, 3, 0.15, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The sizes of a text's words, in its order: what is chosen together when one word is. */
    private static List<Integer> groups(Vocabulary vocabulary, int... ids) {
        Masking masking = new Masking(vocabulary, 1, (ids.length < 5 ? 2.0 : 3.0) / ids.length, 1000);
        // Two places are of one word if they are always chosen together.
        int[] places = IntStream.range(0, ids.length)
                .filter(i -> !vocabulary.isSpecial(ids[i]))
                .toArray();
        List<BitSet> draws = IntStream.range(0, 400)
                .mapToObj(seed -> chosen(masking.apply(ids, seed).positions(), ids.length))
                .toList();
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            int place = places[i];
            int before = i == 0 ? -1 : places[i - 1];
            boolean joined = i > 0 && draws.stream().allMatch(draw -> draw.get(place) == draw.get(before));
            if (joined) {
                sizes.set(sizes.size() - 1, sizes.get(sizes.size() - 1) + 1);
            } else {
                sizes.add(1);
            }
        }
        return sizes;
    }

    /** [CLS], words of 1, 1, 2, 1, 3 pieces in turn, [SEP], the same again, [SEP]: 123 tokens. */
    private static int[] text() {
        int[] lengths = {1, 1, 2, 1, 3};
        IntStream.Builder half = IntStream.builder();
        int size = 0;
        for (int word = 0; size + lengths[word % 5] <= 60; word++) {
            half.add(BEGIN);
            for (int i = 1; i < lengths[word % 5]; i++) {
                half.add(CONTINUE);
            }
            size += lengths[word % 5];
        }
        int[] words = half.build().toArray();
        return Stream.of(new int[] {2}, words, new int[] {3}, words, new int[] {3})
                .flatMapToInt(Arrays::stream)
                .toArray();
    }

    private static List<int[]> words(int[] ids) {
        List<int[]> words = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == BEGIN) {
                words.add(new int[] {i, i + 1});
            } else if (ids[i] == CONTINUE) {
                words.get(words.size() - 1)[1] = i + 1;
            }
        }
        return words;
    }

    private static int[] repeated(int length, int id) {
        int[] ids = new int[length];
        Arrays.fill(ids, id);
        return ids;
    }

    private static BitSet chosen(int[] positions, int length) {
        BitSet chosen = new BitSet(length);
        Arrays.stream(positions).forEach(chosen::set);
        return chosen;
    }

    private static List<Integer> runs(BitSet chosen, int begin, int end) {
        List<Integer> runs = new ArrayList<>();
        int next = chosen.nextSetBit(begin);
        while (next >= 0 && next < end) {
            int stop = chosen.nextClearBit(next);
            runs.add(stop - next);
            next = chosen.nextSetBit(stop);
        }
        return runs;
    }
}
