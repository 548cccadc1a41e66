package dev.albert4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.data.QuestionContext.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionReaderTest {
    private static final String GOOD =
            "{\"id\":\"q1\",\"question\":\"Who?\",\"answers\":[{\"text\":\"Ann\",\"answer_start\":0}]}";

    @TempDir
    Path directory;

    @Test
    void squadOfBothVersionsIsRead() throws IOException {
        Path file = write("a.json", """
                {"version":"v2.0","data":[{"title":"T","paragraphs":[
                  {"qas":[{"question":"Who?","id":"q1","answers":[{"text":"Ann","answer_start":0},{"text":"met","answer_start":4}],
                           "is_impossible":false},
                          {"question":"When?","id":"q2","answers":[],"is_impossible":true,
                           "plausible_answers":[{"text":"met","answer_start":4}]}],
                   "context":"Ann met Bob."}]},
                 {"paragraphs":[]},
                 {"paragraphs":[{"context":"It rains.","id":"D1","qas":[{"question":"What?","id":"q3",
                   "answers":[{"text":"rains","answer_start":3}]}]}]}], "more":{"a":[1,2]}}
                """);
        assertThat(QuestionReader.read(file, false))
                .isEqualTo(new Examples<>(
                        List.of(
                                new QuestionContext(
                                        "q1",
                                        "Who?",
                                        "Ann met Bob.",
                                        List.of(new Answer("Ann", 0), new Answer("met", 4)),
                                        1),
                                new QuestionContext("q2", "When?", "Ann met Bob.", List.of(), 2),
                                new QuestionContext("q3", "What?", "It rains.", List.of(new Answer("rains", 3)), 3)),
                        0,
                        List.of()));
    }

    @Test
    void startsAreCountedInCodePointsAndGivenInUtf16Units() throws IOException {
        String context = "\uD83D\uDE00\uD840\uDC00中文";
        Path file = write("a.json", squad(context, question("q", "中文", 2)));
        assertThat(QuestionReader.read(file, false).examples().get(0).answers()).containsExactly(new Answer("中文", 4));
    }

    @Test
    void anAnswerWordedFreelyCountsButIsNoSpan() throws IOException {
        Path file = write("a.json", squad("Ann met Bob.", question("q", "by Ann", -1)));
        Answer answer =
                QuestionReader.read(file, false).examples().get(0).answers().get(0);
        assertThat(answer.isSpan()).isFalse();
        assertThat(answer.text()).isEqualTo("by Ann");
    }

    @Test
    void gzipIsUnpacked() throws IOException {
        Path file = directory.resolve("a.json.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(squad("Ann met Bob.", GOOD).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(QuestionReader.read(file, false).examples()).hasSize(1);
        byte[] bytes = Files.readAllBytes(file);
        Path cut = Files.write(directory.resolve("cut.json.gz"), java.util.Arrays.copyOf(bytes, bytes.length - 9));
        assertThatThrownBy(() -> QuestionReader.read(cut, true))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("gzip");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{'id':'x','question':'Who?','answers':[{'text':'Bob','answer_start':7}]}"
                        + " | the answer \"Bob\" is not at 7 of its context, but at 8",
                "{'id':'x','question':'Who?','answers':[{'text':'Eve','answer_start':0}]} | nor anywhere in it",
                "{'id':'x','question':'Who?','answers':[{'text':'Bob','answer_start':-2}]} | is not at -2",
                "{'id':'x','question':'Who?','answers':[{'text':'Bob','answer_start':2000000000}]} | is not at 2000000000",
                "{'id':'x','question':'Who?','answers':[{'text':'Bob'}]} | has no number \"answer_start\"",
                "{'id':'x','question':'Who?','answers':[{'text':' ','answer_start':3}]} | has no \"text\" or an empty one",
                "{'id':'x','question':'Who?','answers':[7]} | has no \"text\" or an empty one",
                "{'id':'x','question':' ','answers':[]} | has no \"question\" or an empty one",
                "{'id':'x','question':'Who?'} | has no array \"answers\"",
                "{'id':'x','question':'W','is_impossible':true,'answers':[{'text':'Bob','answer_start':8}]} | impossible",
            })
    void whatIsWrongWithAQuestionIsToldOrCounted(String bad, String problem) throws IOException {
        Path file = write("a.json", squad("Ann met Bob.", GOOD + "," + bad.replace('\'', '"')));
        assertThatThrownBy(() -> QuestionReader.read(file, false))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("question 2 (id x): ")
                .hasMessageContaining(problem);
        Examples<QuestionContext> read = QuestionReader.read(file, true);
        assertThat(read.examples()).extracting(QuestionContext::id).containsExactly("q1");
        assertThat(read.numBad()).isEqualTo(1);
        assertThat(read.problems()).singleElement().asString().contains("(id x)", problem);
    }

    @Test
    void filesThatAreNotSquadAreRefused() throws IOException {
        refused("{\"data\":[{\"paragraphs\":[{\"qas\":[]}]}]}", "paragraph 1 has no \"context\"");
        refused("{\"data\":[{\"paragraphs\":[{\"context\":\"a\"}]}]}", "paragraph 1 has no array \"qas\"");
        refused("{\"data\":{}}", "\"data\" is not an array");
        refused("{\"data\":[[]]}", "an article is not an object");
        refused("[]", "the file is not an object");
        refused("{\"version\":\"1.1\"}", "holds no example");
        refused("", "the file is not an object");
        refused("{\"data\":[\n{\"paragraphs\":[{]}]}", "line 2: is not JSON");
        refused("{\"data\":[", "expected close marker for Array");
        refused("{\"data\":[]} 7", "something after");
        refused("{\"a\":" + "[".repeat(100_000), "is not JSON");
        Path text = write("a.txt", "");
        assertThatThrownBy(() -> QuestionReader.read(text, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".json");
    }

    @Test
    void textThatIsNotUtf8AndStringsWithoutEndAreRefused() throws IOException {
        Path file = directory.resolve("a.json");
        Files.write(file, squad("\u00E9tude", GOOD).getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> QuestionReader.read(file, true)).hasMessageContaining("is not valid UTF-8");
        Files.writeString(file, "{\"data\":[{\"paragraphs\":[{\"context\":\"" + "x".repeat(21_000_000));
        assertThatThrownBy(() -> QuestionReader.read(file, true))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("exceeds the maximum");
    }

    private void refused(String content, String problem) throws IOException {
        Path file = write("bad.json", content);
        for (boolean skipBad : new boolean[] {false, true}) {
            assertThatThrownBy(() -> QuestionReader.read(file, skipBad))
                    .as(content.substring(0, Math.min(100, content.length())))
                    .isInstanceOf(DataFormatException.class)
                    .hasMessageContaining("bad.json")
                    .hasMessageContaining(skipBad && problem.startsWith("paragraph") ? "no good example" : problem);
        }
    }

    @Test
    @Tag("shared")
    void theQuestionsOfSquadAndCmrcAreRead() throws IOException {
        Path data = Path.of(System.getProperty("albert4j.shared", "missing"), "data");
        assertThat(QuestionReader.read(data.resolve("squad/squad-v1.1.json.gz"), false)
                        .examples())
                .hasSize(8046);
        Path cmrc = data.resolve("cmrc2018/cmrc2018.json.gz");
        assertThatThrownBy(() -> QuestionReader.read(cmrc, false))
                .hasMessageContaining("(id DEV_101_QUERY_3): ")
                .hasMessageContaining("not at 175 of its context, but at 174");
        Examples<QuestionContext> read = QuestionReader.read(cmrc, true);
        assertThat(read.examples().size() + read.numBad()).isEqualTo(2570);
        assertThat(read.numBad()).isBetween(1L, 7L); // seven answers beside their place
        assertThat(read.examples().stream().flatMap(q -> q.answers().stream()).filter(a -> !a.isSpan()))
                .isNotEmpty();
    }

    @Test
    @Tag("shared")
    void theMistakesInCmrcsTrialDataAreFound() throws IOException {
        Path trial = Path.of(System.getProperty("albert4j.shared", "missing"), "data/cmrc2018/trial.json.gz");
        assertThatThrownBy(() -> QuestionReader.read(trial, false)).hasMessageContaining("(id TRIAL_");
        Examples<QuestionContext> read = QuestionReader.read(trial, true);
        assertThat(read.numBad()).isEqualTo(7); // five answers beside their place, two empty questions
        assertThat(read.problems()).anyMatch(p -> p.contains("TRIAL_210_QUERY_0") && p.contains("but at 13"));
    }

    static String question(String id, String text, int start) {
        return "{\"id\":\"" + id + "\",\"question\":\"Who?\",\"answers\":[{\"text\":\"" + text + "\",\"answer_start\":"
                + start + "}]}";
    }

    private static String squad(String context, String questions) {
        return "{\"data\":[{\"paragraphs\":[{\"context\":\"" + context + "\",\"qas\":[" + questions + "]}]}]}";
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
