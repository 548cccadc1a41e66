package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BioTagsTest {
    private static final List<String> NAMES = List.of("I-X", "O", "B-Y", "B-X", "I-Y", "B-Z");

    @Test
    void theBestValidSequenceIsFound() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        BioTags tags = BioTags.of(NAMES);
        for (int round = 0; round < 300; round++) {
            List<double[]> scores = new ArrayList<>();
            for (int word = random.nextInt(5); word >= 0; word--) {
                scores.add(
                        BioTags.logSoftmax(random.doubles(NAMES.size(), -3, 3).toArray()));
            }
            int[] decoded = tags.decode(scores);
            assertThat(isValid(decoded)).as("seed %d round %d", seed, round).isTrue();
            assertThat(sum(scores, decoded))
                    .as("seed %d round %d", seed, round)
                    .isCloseTo(best(scores, new int[scores.size()], 0), within(1e-12));
        }
        assertThat(tags.decode(List.of())).isEmpty();
    }

    /** The sum of the best of all sequences that begin as {@code tags} up to {@code word}: every one is tried. */
    private static double best(List<double[]> scores, int[] tags, int word) {
        if (word == tags.length) {
            return isValid(tags) ? sum(scores, tags) : Double.NEGATIVE_INFINITY;
        }
        double best = Double.NEGATIVE_INFINITY;
        for (int tag = 0; tag < NAMES.size(); tag++) {
            tags[word] = tag;
            best = Math.max(best, best(scores, tags, word + 1));
        }
        return best;
    }

    private static boolean isValid(int[] tags) {
        String previous = "O";
        for (int tag : tags) {
            String name = NAMES.get(tag);
            if (name.startsWith("I-") && !previous.endsWith(name.substring(1))) {
                return false;
            }
            previous = name;
        }
        return true;
    }

    private static double sum(List<double[]> scores, int[] tags) {
        double sum = 0;
        for (int word = 0; word < tags.length; word++) {
            sum += scores.get(word)[tags[word]];
        }
        return sum;
    }

    @Test
    void logSoftmaxGivesLogarithmsOfProbabilitiesForAnyValues() {
        assertThat(Arrays.stream(BioTags.logSoftmax(new double[] {1000, 1001, -1000}))
                        .map(Math::exp)
                        .sum())
                .isCloseTo(1, within(1e-12));
    }
}
