package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.data.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SpanReportTest {
    private static final Offset<Double> NEAR = within(1e-12);

    @Test
    void aSpanIsRightOnlyIfTypeBeginAndEndAre() {
        List<List<Span>> expected = List.of(
                List.of(new Span("PER", 0, 2), new Span("LOC", 5, 7)), List.of(new Span("PER", 0, 2)), List.of());
        List<List<Span>> predicted = List.of(
                List.of(new Span("PER", 0, 2), new Span("ORG", 5, 7)),
                List.of(new Span("PER", 0, 3), new Span("PER", 0, 3)),
                List.of(new Span("PER", 0, 2)));
        SpanReport report = SpanReport.of(expected, predicted);
        assertThat(report.types())
                .containsExactly(
                        new SpanReport.Score("LOC", 0, 0, 0, 1),
                        new SpanReport.Score("ORG", 0, 0, 0, 0),
                        new SpanReport.Score("PER", 1 / 3.0, 1 / 2.0, 0.4, 2));
        assertThat(report.micro()).isEqualTo(new SpanReport.Score("micro avg", 1 / 4.0, 1 / 3.0, 2 / 7.0, 3));
        assertThat(report.macro().f1()).isCloseTo(0.4 / 3, NEAR);
        assertThat(report.weighted().f1()).isCloseTo(0.8 / 3, NEAR);
    }

    @Test
    void theReportNamesItsNumbers() {
        List<List<Span>> spans = List.of(List.of(new Span("PER", 0, 2)));
        Report report = SpanReport.of(spans, spans).toReport();
        assertThat(report.metrics().keySet())
                .containsExactly("micro_f1", "micro_precision", "micro_recall", "macro_f1", "weighted_f1");
        assertThat(report.metric("micro_f1")).isOne();
        assertThat(report.text().lines().map(String::stripTrailing))
                .contains("         PER     1.0000    1.0000    1.0000         1");
        assertThat(report.json().at("/classes/PER/f1-score").asDouble()).isOne();
        assertThat(report.json().at("/macro avg/support").asInt()).isOne();
    }

    @Test
    void nothingExpectedAndNothingFoundIsZero() {
        SpanReport report = SpanReport.of(List.of(List.of()), List.of(List.of()));
        assertThat(report.types()).isEmpty();
        assertThat(report.micro()).isEqualTo(new SpanReport.Score("micro avg", 0, 0, 0, 0));
        assertThat(report.macro().f1()).isZero();
        assertThat(report.weighted().f1()).isZero();
        assertThatThrownBy(() -> SpanReport.of(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpanReport.of(List.of(List.of()), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 expected and 0 predicted");
    }

    /** Against conlleval's way: along the tags, with flags for the beginning and the end of a chunk. */
    @Test
    void randomTagsAreCountedAsConllevalCountsThem() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<List<Span>> expected = new ArrayList<>();
            List<List<Span>> predicted = new ArrayList<>();
            Conlleval conlleval = new Conlleval();
            for (int text = 1 + random.nextInt(4); text > 0; text--) {
                List<String> gold = tags(random, 1 + random.nextInt(15));
                List<String> guess = new ArrayList<>(gold);
                for (int i = 0; i < guess.size(); i++) {
                    if (random.nextInt(4) == 0) {
                        guess.set(i, tags(random, 1).get(0));
                    }
                }
                repair(guess);
                conlleval.count(gold, guess);
                expected.add(spans(gold));
                predicted.add(spans(guess));
            }
            SpanReport report = SpanReport.of(expected, predicted);
            String name = "seed " + seed + " round " + round;
            assertThat(report.micro().precision()).as(name).isCloseTo(conlleval.precision(), NEAR);
            assertThat(report.micro().recall()).as(name).isCloseTo(conlleval.recall(), NEAR);
            double f1 = conlleval.precision() + conlleval.recall() == 0
                    ? 0
                    : 2 * conlleval.precision() * conlleval.recall() / (conlleval.precision() + conlleval.recall());
            assertThat(report.micro().f1()).as(name).isCloseTo(f1, NEAR);
        }
    }

    private static List<String> tags(Random random, int length) {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            tags.add(List.of("O", "O", "B-X", "I-X", "B-Y", "I-Y", "B-Z", "I-Z").get(random.nextInt(8)));
        }
        repair(tags);
        return tags;
    }

    private static void repair(List<String> tags) {
        for (int i = 0; i < tags.size(); i++) {
            String type = tags.get(i).substring(Math.min(1, tags.get(i).length()));
            boolean continues = i > 0 && tags.get(i - 1).endsWith(type);
            if (tags.get(i).startsWith("I") && !continues) {
                tags.set(i, "B" + type);
            }
        }
    }

    private static List<Span> spans(List<String> tags) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < tags.size(); i++) {
            if (tags.get(i).startsWith("B")) {
                int end = i + 1;
                while (end < tags.size() && tags.get(end).startsWith("I")) {
                    end++;
                }
                spans.add(new Span(tags.get(i).substring(2), i, end));
            }
        }
        return spans;
    }

    /** The counting loop of the conlleval script of CoNLL-2000, for valid BIO tags. */
    private static final class Conlleval {
        private int right;
        private int expected;
        private int predicted;

        void count(List<String> gold, List<String> guess) {
            boolean inRight = false;
            String lastGold = "O";
            String lastGuess = "O";
            for (int i = 0; i <= gold.size(); i++) {
                String g = i < gold.size() ? gold.get(i) : "O";
                String p = i < gold.size() ? guess.get(i) : "O";
                if (inRight) {
                    boolean goldEnds = ends(lastGold, g);
                    boolean guessEnds = ends(lastGuess, p);
                    if (goldEnds && guessEnds) {
                        right++;
                    }
                    inRight = !goldEnds && !guessEnds;
                }
                boolean goldBegins = g.startsWith("B");
                boolean guessBegins = p.startsWith("B");
                inRight |= goldBegins && guessBegins && g.equals(p);
                expected += goldBegins ? 1 : 0;
                predicted += guessBegins ? 1 : 0;
                lastGold = g;
                lastGuess = p;
            }
        }

        private static boolean ends(String last, String tag) {
            return !last.equals("O") && !tag.startsWith("I");
        }

        double precision() {
            return predicted == 0 ? 0 : right / (double) predicted;
        }

        double recall() {
            return expected == 0 ? 0 : right / (double) expected;
        }
    }
}
