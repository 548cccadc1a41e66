package dev.albert4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaggedTextReaderTest {
    @TempDir
    Path directory;

    @Test
    void cluenersPlacesIncludeTheLastCharacterAndCountCodePoints() throws IOException {
        Path file = write(
                "a.jsonl",
                "{\"text\": \"😀王五在北京，王五说\", \"label\": {\"name\": {\"王五\": [[1, 2], [7, 8]]},"
                        + " \"address\": {\"北京\": [[4, 5]]}}}\n\n{\"text\": \"无\", \"label\": {}}\n");
        assertThat(TaggedTextReader.read(file))
                .containsExactly(
                        new TaggedText(
                                "😀王五在北京，王五说",
                                List.of(new Span("name", 2, 4), new Span("name", 8, 10), new Span("address", 5, 7)),
                                1),
                        new TaggedText("无", List.of(), 3));
    }

    @Test
    void spansAreHalfOpenRangesAndCountOnce() throws IOException {
        String span = "{\"type\":\"PER\",\"begin\":3,\"end\":5}";
        Path file = write("a.jsonl", "{\"text\":\"😀 Al\",\"spans\":[" + span + "," + span + "]}\n");
        assertThat(TaggedTextReader.read(file))
                .containsExactly(new TaggedText("😀 Al", List.of(new Span("PER", 3, 5)), 1));
    }

    @Test
    void columnsBecomeTextWithBlanksBetweenWordsAndNoneBetweenIdeographs() throws IOException {
        Path english = write(
                "a.conll",
                "-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\nPeter NNP B-PER\nBlackburn NNP I-PER\n. . O\n\nBonn NNP B-LOC\n");
        assertThat(TaggedTextReader.read(english))
                .containsExactly(
                        new TaggedText(
                                "EU rejects Peter Blackburn .",
                                List.of(new Span("ORG", 0, 2), new Span("PER", 11, 26)),
                                3),
                        new TaggedText("Bonn", List.of(new Span("LOC", 0, 4)), 9));
        Path words = write("a.bio", "他\tO\n在\tO\nApache\tB-ORG\n软件\tI-ORG\n基金会\tI-ORG\n，\tO\n");
        assertThat(TaggedTextReader.read(words))
                .containsExactly(new TaggedText("他在 Apache 软件基金会，", List.of(new Span("ORG", 3, 15)), 1));
        Path characters = write("a.txt", "1 O\n9 O\n9 O\n8 O\n年 O\nI B-ORG\nB I-ORG\nM I-ORG\n");
        assertThat(TaggedTextReader.read(characters))
                .containsExactly(new TaggedText("1998年IBM", List.of(new Span("ORG", 5, 8)), 1));
    }

    @ParameterizedTest
    @CsvSource({
        "B-P I-P O B-L, P0-2 L3-4",
        "I-P I-P O I-L I-P B-P, P0-2 L3-4 P4-5 P5-6",
        "B-P M-P E-P S-L O S-P, P0-3 L3-4 P5-6",
        "B-P I-P E-P I-P, P0-3 P3-4",
        "E-P E-P O S-P E-P, P0-1 P1-2 P3-4 P4-5",
        "B-P L-P U-L U-L O, P0-2 L2-3 L3-4",
        "O B-P I-L I-L B-L, P1-2 L2-4 L4-5",
    })
    void tagsOfEverySchemeAreReadAndOneThatContinuesNothingBeginsASpan(String tags, String expected) {
        assertThat(ChunkTags.spans(List.of(tags.split(" "))).stream()
                        .map(span -> span.type() + span.begin() + "-" + span.end()))
                .containsExactly(expected.split(" "));
    }

    @Test
    void placesInWordsAreLeftOutWhereTheWholeFileHasThem() throws IOException {
        Path file = write("a.train", "科0\tO\n技1\tO\n20\tO\n11\tO\n\uFFFD\uFFFD0\tO\n\n南0\tB-GPE.NAM\n京1\tI-GPE.NAM\n");
        assertThat(TaggedTextReader.read(file))
                .containsExactly(
                        new TaggedText("科技 2 1 \uFFFD\uFFFD", List.of(), 1),
                        new TaggedText("南京", List.of(new Span("GPE.NAM", 0, 2)), 7));
        Path other = write("b.train", "科0\tO\n技2\tO\n");
        assertThat(TaggedTextReader.read(other)).containsExactly(new TaggedText("科0 技2", List.of(), 1));
    }

    @Test
    void gzipIsUnderstoodAndDamageRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("Al B-PER\r\n".getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(directory.resolve("a.txt.gz"), bytes.toByteArray());
        assertThat(TaggedTextReader.read(file))
                .containsExactly(new TaggedText("Al", List.of(new Span("PER", 0, 2)), 1));
        Path cut = Files.write(
                directory.resolve("cut.txt.gz"), java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 9));
        refused(cut, "gzip");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'text':'王五','label':{'name':{'王五':[[1,2]]}}}|name 王五 from 1 to 2 is outside the text of 2",
                "{'text':'王五','label':{'name':{'王六':[[0,1]]}}}|name 王六 is not what stands from 0 to 1: 王五",
                "{'text':'王五','label':{'name':{'王五':[[1,0]]}}}|from 1 to 0 is outside",
                "{'text':'王五','label':{'name':{'王五':[[0]]}}}|a place is not [first, last]: [0]",
                "{'text':'王五','label':{'name':{'王五':[['0',1]]}}}|a place is not two whole numbers",
                "{'text':'王五','label':{'name':['王五']}}|type name is not an object of mentions",
                "{'text':'王五','label':{'':{'王五':[[0,1]]}}}|has no type",
                "{'text':'王五','label':'name'}|\"label\" is not an object of types",
                "{'text':'ab','spans':[{'type':'x','begin':0,'end':3}]}|from 0 to 3 is outside the text of 2",
                "{'text':'ab','spans':[{'type':'x','begin':-1,'end':1}]}|is not a range",
                "{'text':'ab','spans':[{'type':'x','begin':1,'end':1}]}|is not a range",
                "{'text':'ab','spans':[{'type':'x','begin':1}]}|a place is not two whole numbers",
                "{'text':'ab','spans':[{'begin':0,'end':1}]}|a span has no \"type\"",
                "{'text':'ab','spans':[7]}|a span has no \"type\": 7",
                "{'text':'ab','spans':{}}|\"spans\" is not a list",
                "{'text':'ab'}|needs either \"spans\" or \"label\"",
                "{'text':1,'spans':[]}|has no text",
                "[]|is not a JSON object",
                "{'text':|is not JSON",
                "{'text':'ab','spans':[]} x|is not JSON",
            })
    void wrongJsonIsRefusedOrCountedWithItsLine(String line, String problem) throws IOException {
        String good = "{\"text\":\"ab\",\"spans\":[]}\n";
        Path file = write("a.jsonl", good + line.replace('\'', '"') + "\n" + good);
        refused(file, "line 2: ");
        refused(file, problem);
        Examples<TaggedText> result = TaggedTextReader.read(file, true);
        assertThat(result.examples()).hasSize(2);
        assertThat(result.numBad()).isOne();
        assertThat(result.problems()).singleElement().asString().contains("a.jsonl line 2: ", problem);
    }

    @ParameterizedTest
    @CsvSource({
        "Bonn, has one column",
        "Bonn NNP B-LOC, 'has 3 columns, the rows before it 2'",
        "Bonn LOC, has the tag LOC; allowed are O and B-",
        "Bonn X-LOC, has the tag X-LOC",
        "Bonn B-, has the tag B-;",
    })
    void aWrongRowIsRefusedOrItsSentenceCounted(String row, String problem) throws IOException {
        Path file = write("a.txt", "in O\n\nto O\n" + row + "\nX Y Z\n\nat O\n");
        refused(file, "line 4: " + problem);
        Examples<TaggedText> result = TaggedTextReader.read(file, true);
        assertThat(result.examples())
                .containsExactly(new TaggedText("in", List.of(), 1), new TaggedText("at", List.of(), 7));
        assertThat(result.numBad()).isOne();
        assertThat(result.problems()).singleElement().asString().contains("line 4: " + problem);
    }

    @Test
    void anEmptyTokenAndAFileWithoutTextAreRefused() throws IOException {
        refused(write("a.txt", "\tO\n"), "line 1: has an empty token");
        refused(write("b.txt", "\n"), "holds no example");
        refused(write("c.jsonl", ""), "holds no example");
        assertThatThrownBy(() -> TaggedTextReader.read(write("d.txt", "x y\n"), true))
                .hasMessageContaining("no good example but 1 bad ones; the first: ")
                .hasMessageContaining("line 1: has the tag y");
        assertThatThrownBy(() -> TaggedTextReader.read(Path.of("a.xml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".jsonl, .txt, .conll");
    }

    private static void refused(Path file, String problem) {
        assertThatThrownBy(() -> TaggedTextReader.read(file))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining(String.valueOf(file.getFileName()))
                .hasMessageContaining(problem);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
