package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.metric.Mistakes.Mistake;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MistakesTest {
    @Test
    void theWorstTwentyAreKeptTheWorstFirst() {
        long seed = System.nanoTime();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        Mistakes mistakes = new Mistakes("error");
        order.forEach(i -> mistakes.add(i, new Mistake(i, "text", "a", "b", i)));
        List<Long> best = order.stream()
                .sorted(Comparator.reverseOrder())
                .limit(20)
                .map(i -> (long) i)
                .toList();
        assertThat(mistakes.count()).isEqualTo(500);
        assertThat(mistakes.worst().stream().map(Mistake::place))
                .as("seed %d", seed)
                .isEqualTo(best);
    }

    @Test
    void ofEquallyBadOnesTheFirstAreKept() {
        Mistakes mistakes = new Mistakes("error");
        for (int i = 0; i < 30; i++) {
            mistakes.add(1, new Mistake(i, "text", "a", "b", 1));
        }
        assertThat(mistakes.worst().stream().map(Mistake::place))
                .startsWith(0L, 1L)
                .endsWith(19L);
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        for (int before = 395; before <= 401; before++) {
            Mistake mistake = new Mistake(1, "x".repeat(before) + "😀".repeat(300), "y".repeat(5000), "z", 0);
            assertThat(mistake.text().length()).isBetween(399, 400);
            assertThat(mistake.text()).endsWith("…");
            assertThat(mistake.text().codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE))
                    .as("%d before", before)
                    .isTrue();
            assertThat(mistake.expected()).hasSize(200);
            assertThat(mistake.predicted()).isEqualTo("z");
        }
        assertThat(new Mistake(1, "x".repeat(400), "", "", 0).text()).isEqualTo("x".repeat(400));
    }

    @Test
    void severalTextsHaveALineAndAPartOfTheRoomEach() {
        assertThat(Mistake.joined("one", "two")).isEqualTo("one\ntwo");
        assertThat(Mistake.joined("", "two")).isEqualTo("two");
        String both = Mistake.joined("x".repeat(1000), "what is it?");
        assertThat(both).hasSize(200 + 1 + 11).endsWith("…\nwhat is it?");
    }

    @Test
    void aReportHasThemInItsJsonAlone() {
        Mistakes mistakes = new Mistakes("probability");
        mistakes.add(0.9, new Mistake(7, "a <b>\n\"text\"", "x", "y", 0.9));
        Report report =
                ChoiceMetrics.of(new int[] {0}, new int[] {1}, new int[] {2}).toReport();
        Report more = report.with(mistakes);
        assertThat(more.metrics()).isEqualTo(Map.of("accuracy", 0.0));
        assertThat(more.text()).isEqualTo(report.text());
        JsonNode errors = more.json().get("worst_errors");
        assertThat(errors.get("count").intValue()).isEqualTo(1);
        assertThat(errors.get("measure").textValue()).isEqualTo("probability");
        assertThat(errors.at("/worst/0/text").textValue()).isEqualTo("a <b>\n\"text\"");
        assertThat(errors.at("/worst/0/place").intValue()).isEqualTo(7);
    }
}
