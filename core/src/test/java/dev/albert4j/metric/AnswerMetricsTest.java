package dev.albert4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerMetricsTest {
    @Test
    void squadLeavesOutCasePunctuationArticlesAndBlanks() {
        assertThat(SquadWords.normalize(" The  Nobel-Prize, of\u00A0a theatre (an \u001Caward)! "))
                .isEqualTo("nobelprize of theatre award");
        assertThat(AnswerScript.SQUAD.isExact("the Nobel Prize.", List.of("x", "nobel prize")))
                .isTrue();
        assertThat(AnswerScript.SQUAD.isExact("Nobel Prizes", List.of("Nobel Prize")))
                .isFalse();
    }

    @Test
    void squadTakesWordsWithAccentsAndNumbersWhole() {
        assertThat(SquadWords.normalize("éa a² a_b \uD840\uDC00a a")).isEqualTo("éa a² ab \uD840\uDC00a");
    }

    @ParameterizedTest
    @CsvSource({
        "the cat sat, a cat sat down, 0.8",
        "cat cat, cat, 0.6666666666666666",
        "dog, cat, 0",
        "the, a, 0", // equal when normalized, but no word is common: as the script counts
        "Nobel Prize, nobel prize!, 1"
    })
    void squadCountsCommonWords(String prediction, String answer, double f1) {
        assertThat(AnswerScript.SQUAD.f1(prediction, List.of(answer))).isCloseTo(f1, within(1e-15));
    }

    @Test
    void cmrcTakesChineseCharactersAndEnglishWordsApart() {
        assertThat(CmrcSegments.of(" 由韩国Nexon Inc.开发，约3.5 million（2V2）。 "))
                .containsExactly("由", "韩", "国", "nexon", "inc", ".", "开", "发", "约", "3.5", "million2v2");
    }

    @ParameterizedTest
    @CsvSource({
        "《泡泡堂》, 泡泡堂, 1",
        "跑跑卡丁车, 卡丁车, 0.75",
        "甲乙丙丁, 甲乙戊丙丁, 0.4444444444444444", // the longest run is two of four and of five
        "泡, 车, 0",
        "2010 年, 2010年, 1"
    })
    void cmrcCountsTheLongestCommonRun(String prediction, String answer, double f1) {
        assertThat(AnswerScript.CMRC.f1(prediction, List.of(answer))).isCloseTo(f1, within(1e-15));
    }

    @Test
    void cmrcComparesExactlyWithoutPunctuation() {
        assertThat(AnswerScript.CMRC.isExact("Nexon公司。", List.of("nexon公司"))).isTrue();
        assertThat(AnswerScript.CMRC.isExact("公司!", List.of("公司"))).isFalse(); // the script knows no ASCII "!"
    }

    /** Expected values: nltk 3.10.3, NLTKWordTokenizer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "don't | do n't",
                "it's they're i'll we've | it 's they 're i 'll we 've",
                "cannot gonna wanna go | can not gon na wan na go",
                "d'ye more'n 'tis | d 'ye more 'n ' tis",
                "\"yes\" (no) | `` yes '' ( no )",
                "a, b: c; 1,000 3:4 | a , b : c ; 1,000 3:4",
                "u.s. army... end. | u.s. army ... end .",
                "$3.50 50% r&d what?! | $ 3.50 50 % r & d what ? !",
                "'quoted' ``x'' | ' quoted ' `` x ''",
                "a–b ‘c’ [d]*{e} | a – b ‘ c ’ [ d ] * { e }",
            })
    void englishIsCutAsInThePennTreebank(String text, String words) {
        assertThat(String.join(" ", TreebankWords.of(text))).isEqualTo(words);
    }

    @ParameterizedTest
    @EnumSource
    void scoresOfRandomAnswersKeepTheirBounds(AnswerScript script) {
        long seed = 20261124;
        Random random = new Random(seed);
        List<String> parts =
                List.of("the ", "a ", "cat ", "dog", "中", "国", "，", ". ", "'s ", "3.5", "\"", "\uD83D\uDE00");
        for (int i = 0; i < 3000; i++) {
            String prediction = random(random, parts);
            String answer = random(random, parts);
            double f1 = script.f1(prediction, List.of(answer));
            String what = "seed " + seed + ": " + prediction + " | " + answer;
            assertThat(f1).as(what).isBetween(0.0, 1.0);
            assertThat(script.f1(answer, List.of(prediction))).as(what).isCloseTo(f1, within(1e-12));
            assertThat(script.f1(prediction, List.of(answer, prediction)))
                    .as(what)
                    .isGreaterThanOrEqualTo(f1);
            assertThat(script.isExact(prediction, List.of(answer, prediction)))
                    .as(what)
                    .isTrue();
        }
    }

    private static String random(Random random, List<String> parts) {
        return Stream.generate(() -> parts.get(random.nextInt(parts.size())))
                .limit(random.nextInt(8))
                .collect(Collectors.joining());
    }

    @Test
    void theLongestCommonRunIsThatOfAllRuns() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            String a = random(random, List.of("甲", "乙", "丙"));
            String b = random(random, List.of("甲", "乙", "丙"));
            Set<String> runs = new HashSet<>();
            for (int begin = 0; begin < a.length(); begin++) {
                for (int end = begin + 1; end <= a.length(); end++) {
                    runs.add(a.substring(begin, end));
                }
            }
            int longest = runs.stream()
                    .filter(b::contains)
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            double expected = longest == 0 ? 0 : 2.0 * longest / (a.length() + b.length());
            assertThat(AnswerScript.CMRC.f1(a, List.of(b)))
                    .as("seed " + seed + ": " + a + " | " + b)
                    .isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void theReportHasMeansAndTellsQuestionsWithoutAnswerApart() {
        AnswerMetrics metrics = AnswerMetrics.of(
                AnswerScript.SQUAD,
                List.of("the cat", "a dog runs", "", "something"),
                List.of(List.of("cat"), List.of("x", "dog"), List.of(), List.of()));
        assertThat(metrics.exactMatch()).isEqualTo(0.5);
        assertThat(metrics.f1()).isCloseTo((1 + 2 / 3.0 + 1 + 0) / 4, within(1e-15));
        Report report = metrics.toReport();
        assertThat(report.metrics().keySet()).containsExactly("f1", "exact_match");
        assertThat(report.json().at("/no_answer/exact_match").asDouble()).isEqualTo(0.5);
        assertThat(report.json().at("/has_answer/questions").asInt()).isEqualTo(2);
        assertThat(report.text()).contains("answers as SQUAD", "no answer in the text");
    }

    @Test
    void theScriptFitsTheLanguage() {
        assertThat(AnswerScript.fitting(List.of("中国", "1999", "国 Nexon"))).isEqualTo(AnswerScript.CMRC);
        assertThat(AnswerScript.fitting(List.of("China (中国)", "1999", "Nexon"))).isEqualTo(AnswerScript.SQUAD);
        assertThat(AnswerScript.fitting(List.of())).isEqualTo(AnswerScript.SQUAD);
    }

    @Test
    void nothingOrUnequalNumbersCannotBeCompared() {
        assertThatThrownBy(() -> AnswerMetrics.of(AnswerScript.CMRC, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AnswerMetrics.of(AnswerScript.CMRC, List.of("a"), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 predictions");
        assertThatThrownBy(() -> ChoiceMetrics.of(new int[2], new int[1], new int[2]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void choicesAreComparedWithChance() {
        ChoiceMetrics metrics = ChoiceMetrics.of(new int[] {0, 1, 2}, new int[] {0, 1, 1}, new int[] {2, 4, 4});
        assertThat(metrics.accuracy()).isEqualTo(2 / 3.0);
        assertThat(metrics.chance()).isCloseTo(1 / 3.0, within(1e-15));
        assertThat(metrics.toReport().metric("accuracy")).isEqualTo(2 / 3.0);
    }
}
