package dev.albert4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceReaderTest {
    @TempDir
    Path directory;

    @Test
    void jsonLinesNameTheAnswerByIndexTextOrLetter() throws IOException {
        Path file = write("a.jsonl", """
                {"context":"It rains.","question":"What?","choices":["sun","rain"],"answer":1}

                {"context":"It rains.","question":"What?","choices":["sun","rain"],"answer":"sun"}
                {"article":"It rains.","question":"What?","options":["sun","rain"],"answer":"B"}
                {"context":"It","choices":["B","A"],"answer":"A"}
                """);
        List<String> options = List.of("sun", "rain");
        assertThat(ChoiceReader.read(file, false).examples())
                .containsExactly(
                        new ChoiceQuestion("It rains.", "What?", options, 1, 1),
                        new ChoiceQuestion("It rains.", "What?", options, 0, 3),
                        new ChoiceQuestion("It rains.", "What?", options, 1, 4),
                        new ChoiceQuestion("It", "", List.of("B", "A"), 1, 5));
    }

    @Test
    void c3IsRead() throws IOException {
        Path file = write("a.json", """
                [[["男：你好。","女：你好。"],
                  [{"question":"他们说什么?","choice":["你好","再见"],"answer":"再见"},
                   {"question":"几个人?","choice":["一","二","三"],"answer":"二"}],"1-1"],
                 [["下雨了。"],[{"question":"天气?","choice":["雨","晴"],"answer":"雨"}],"1-2"]]
                """);
        assertThat(ChoiceReader.read(file, false).examples())
                .containsExactly(
                        new ChoiceQuestion("男：你好。\n女：你好。", "他们说什么?", List.of("你好", "再见"), 1, 1),
                        new ChoiceQuestion("男：你好。\n女：你好。", "几个人?", List.of("一", "二", "三"), 1, 2),
                        new ChoiceQuestion("下雨了。", "天气?", List.of("雨", "晴"), 0, 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{'context':'a','choices':['b',' '],'answer':0} | option 1 is empty",
                "{'context':'a','choices':['b'],'answer':0} | 1 options, at least 2",
                "{'context':'a','choices':[],'answer':0} | 0 options, at least 2",
                "{'context':'a','choices':['b','c'],'answer':2} | the answer 2 is none of the options 0 to 1",
                "{'context':'a','choices':['b','c'],'answer':-1} | the answer -1",
                "{'context':'a','choices':['b','c'],'answer':'C'} | the answer \"C\" is none of the options [b, c]",
                "{'context':'a','choices':['b','c']} | has no text \"answer\"",
                "{'context':'a','choices':['b',{}],'answer':0} | option 1 is not a text",
                "{'context':'a','choices':'b','answer':0} | has no array \"choices\"",
                "{'choices':['b','c'],'answer':0} | has no text \"context\"",
                "{'context':'','choices':['b','c'],'answer':0} | neither a text nor a question",
                "{'context':'a','question':7,'choices':['b','c'],'answer':0} | has no text \"question\"",
                "{'context': | is not JSON",
                "[1] | has no text \"context\"",
            })
    void whatIsWrongWithALineIsToldOrCounted(String bad, String problem) throws IOException {
        String good = "{\"context\":\"a\",\"choices\":[\"b\",\"c\"],\"answer\":0}\n";
        Path file = write("a.jsonl", good + bad.replace('\'', '"') + "\n" + good);
        assertThatThrownBy(() -> ChoiceReader.read(file, false))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("a.jsonl line 2: " + (problem.startsWith("the answer") ? "" : problem))
                .hasMessageContaining(problem);
        Examples<ChoiceQuestion> read = ChoiceReader.read(file, true);
        assertThat(read.examples()).hasSize(2);
        assertThat(read.numBad()).isEqualTo(1);
        assertThat(read.problems()).singleElement().asString().contains("line 2", problem);
    }

    @Test
    void theBadQuestionOfAC3FileIsNamed() throws IOException {
        Path file = write("a.json", """
                [[["a"],[{"question":"b","choice":["c","d"],"answer":"c"},{"question":"b","choice":["c","d"],"answer":"x"}],"1"],
                 {"no":1}]
                """);
        assertThatThrownBy(() -> ChoiceReader.read(file, false)).hasMessageContaining("question 2: the answer \"x\"");
        assertThat(ChoiceReader.read(file, true).problems())
                .hasSize(2)
                .last()
                .asString()
                .contains("before question 3");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path object = write("a.json", "{}");
        assertThatThrownBy(() -> ChoiceReader.read(object, false))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("the file is not an array");
        Path empty = write("b.jsonl", "\n");
        assertThatThrownBy(() -> ChoiceReader.read(empty, false)).hasMessageContaining("holds no example");
        Path table = write("a.csv", "");
        assertThatThrownBy(() -> ChoiceReader.read(table, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".jsonl");
    }

    @ParameterizedTest
    @Tag("shared")
    @CsvSource({"d-train, 5856", "d-dev, 1825", "m-train, 6013", "m-dev, 1991"})
    void allQuestionsOfC3AreRead(String part, int count) throws IOException {
        Path file = Path.of(System.getProperty("albert4j.shared", "missing"), "data/c3/c3-" + part + ".json.gz");
        assertThat(ChoiceReader.read(file, false).examples()).hasSize(count);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
