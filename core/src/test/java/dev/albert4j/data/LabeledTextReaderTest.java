package dev.albert4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabeledTextReaderTest {
    @TempDir
    Path directory;

    @Test
    void aCsvMayHaveQuotesCommasAndLineBreaksInFields() throws IOException {
        Path file = write("a.csv", "text,label\r\n\"He said \"\"no\"\",\nand left\",neg\nfine,pos\n");
        assertThat(read(file))
                .containsExactly(
                        new LabeledText("He said \"no\",\nand left", null, "neg", 2),
                        new LabeledText("fine", null, "pos", 4));
    }

    @Test
    void aTsvHasNoQuoting() throws IOException {
        Path file = write("a.tsv", "label\ttext\ttext_pair\npos\t\"quite\tgood\" it is\n");
        assertThat(read(file)).containsExactly(new LabeledText("\"quite", "good\" it is", "pos", 2));
    }

    @Test
    void jsonLinesMayHaveNumbersAsLabelsAndMoreFields() throws IOException {
        Path file = write("a.jsonl", "{\"id\":1,\"text\":\"中文\",\"label\":1}\n\n{\"text\":\"b\",\"label\":\"x\"}\n");
        assertThat(read(file)).containsExactly(new LabeledText("中文", null, "1", 1), new LabeledText("b", null, "x", 3));
    }

    @Test
    void aLabelMayBeTheProbabilityOfEach() throws IOException {
        Path file = write(
                "a.jsonl",
                "{\"text\":\"a\",\"label\":{\"x\":0.25,\"y\":0.75}}\n{\"text\":\"b\",\"label\":{\"y\":0.5,\"x\":0.5}}\n");
        assertThat(read(file))
                .containsExactly(
                        new LabeledText("a", null, "y", Map.of("x", 0.25f, "y", 0.75f), 1),
                        new LabeledText("b", null, "x", Map.of("x", 0.5f, "y", 0.5f), 2));
        refused(write("sum.jsonl", "{\"text\":\"a\",\"label\":{\"x\":0.5,\"y\":0.4}}\n"), "line 1");
        refused(write("sum.jsonl", "{\"text\":\"a\",\"label\":{}}\n"), "add up to 0.0, not 1");
        refused(write("negative.jsonl", "{\"text\":\"a\",\"label\":{\"x\":1.5,\"y\":-0.5}}\n"), "from 0 to 1");
        refused(write("text.jsonl", "{\"text\":\"a\",\"label\":{\"x\":\"1\"}}\n"), "from 0 to 1");
        refused(write("name.jsonl", "{\"text\":\"a\",\"label\":{\"\":1}}\n"), "a label's name");
    }

    @Test
    void gzipAndByteOrderMarkAreUnderstood() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("\uFEFFtext,label\na,b\n".getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(directory.resolve("a.csv.gz"), bytes.toByteArray());
        assertThat(read(file)).containsExactly(new LabeledText("a", null, "b", 2));
        Path cut = Files.write(
                directory.resolve("cut.csv.gz"), java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 9));
        assertThatThrownBy(() -> read(cut))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("gzip");
    }

    @Test
    void columnsCanBeRenamedOrNamedWhereThereIsNoHeader() throws IOException {
        Path renamed = write("a.csv", "query,category\nhi,greeting\n");
        assertThat(LabeledTextReader.read(renamed, Columns.parse("text=query,label=category")))
                .containsExactly(new LabeledText("hi", null, "greeting", 2));
        Path bare = write("a.tsv", "7\thi\tgreeting\n");
        assertThat(LabeledTextReader.read(bare, Columns.parse("_,text,label")))
                .containsExactly(new LabeledText("hi", null, "greeting", 1));
        assertThatThrownBy(() -> Columns.parse("review=text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("review=text");
        assertThatThrownBy(() -> Columns.parse("label")).hasMessageContaining("label");
    }

    @Test
    void wrongFilesAreRefusedWithTheLineAtFault() throws IOException {
        refused(write("empty.csv", ""), "holds no example");
        refused(write("header.csv", "text,label\n"), "holds no example");
        refused(write("columns.csv", "a,b\n1,2\n"), "needs one column \"text\"");
        refused(write("ragged.csv", "text,label\na,b\nc\n"), "line 3: has 1 fields");
        refused(write("label.csv", "text,label\na,\n"), "line 2: has an empty label");
        refused(write("open.csv", "text,label\n\"never closed,b\n"), "line 2: a quote is opened");
        refused(write("late.csv", "text,label\na,b\n\"never closed,b\nc,d\n"), "line 3: a quote is opened");
        refused(write("after.csv", "text,label\n\"a\" film,b\n"), "line 2: text follows a closing quote");
        refused(write("head.csv", "\"text\" x,label\na,b\n"), "line 1: text follows a closing quote");
        refused(write("broken.jsonl", "{\"text\":\"a\",\"label\":1}\n{\"text\":\n"), "line 2: is not JSON");
        refused(write("array.jsonl", "[1]\n"), "line 1: is not a JSON object");
        refused(write("field.jsonl", "{\"text\":\"a\"}\n"), "line 1: has no field \"label\"");
        refused(write("nested.jsonl", "{\"text\":[1],\"label\":1}\n"), "is not a string or a number");
        assertThatThrownBy(() -> read(write("a.xml", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".jsonl");
    }

    @Test
    void textsMayComeWithoutLabels() throws IOException {
        assertThat(unlabeled("a.txt", "one\n\ntwo\n"))
                .containsExactly(new LabeledText("one", null, "", 1), new LabeledText("two", null, "", 3));
        assertThat(unlabeled("a.csv", "text,text_pair\none,two\n"))
                .containsExactly(new LabeledText("one", "two", "", 2));
        assertThat(unlabeled("b.csv", "text,label\none,\ntwo,1\n"))
                .containsExactly(new LabeledText("one", null, "", 2), new LabeledText("two", null, "1", 3));
        assertThat(unlabeled("a.jsonl", "{\"text\":\"one\"}\n{\"text\":\"two\",\"label\":0.5}\n"))
                .containsExactly(new LabeledText("one", null, "", 1), new LabeledText("two", null, "0.5", 2));
        assertThatThrownBy(() -> unlabeled("c.csv", "text,text_pair\none,two\none,\n"))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("c.csv line 3: has an empty text");
        assertThatThrownBy(() -> unlabeled("a.xml", "x")).hasMessageContaining(".jsonl, .txt");
        assertThatThrownBy(() -> read(write("a.txt", "x"))).hasMessageContaining("unknown kind");
    }

    private List<LabeledText> unlabeled(String name, String content) throws IOException {
        return LabeledTextReader.read(write(name, content), Columns.DEFAULT, LabeledTextReader.Labels.OPTIONAL, false)
                .examples();
    }

    @Test
    void invalidUtf8IsRefused() throws IOException {
        for (String name : List.of("bad.csv", "bad.jsonl", "bad.tsv")) {
            Path file = Files.write(directory.resolve(name), new byte[] {'t', 'e', 'x', 't', (byte) 0xC3, '(', '\n'});
            refused(file, "is not valid UTF-8");
        }
    }

    @Test
    void aLineOfTenMegabytesIsRead() throws IOException {
        String text = "x".repeat(10 << 20);
        assertThat(read(write("long.csv", "text,label\n" + text + ",a\n"))
                        .get(0)
                        .text())
                .isEqualTo(text);
    }

    @Test
    void aQuoteThatIsNeverClosedDoesNotFillTheMemory() throws IOException {
        String rest = "y".repeat(TextInput.MAX_RECORD_LENGTH + 10);
        refused(write("huge.csv", "text,label\n\"" + rest), "is a quote never closed?");
    }

    @Test
    void aPipeIsReadLikeAFile() throws Exception {
        for (String name : List.of("pipe.jsonl", "pipe.csv")) {
            Path pipe = directory.resolve(name);
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                    .isZero();
            String text = name.endsWith("csv") ? "text,label\na,b\n" : "{\"text\":\"a\",\"label\":\"b\"}\n";
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    Files.writeString(pipe, text);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(read(pipe)).extracting(LabeledText::label).containsExactly("b");
            writer.join();
        }
    }

    private void refused(Path file, String problem) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContaining(problem);
    }

    private static List<LabeledText> read(Path file) throws IOException {
        return LabeledTextReader.read(file, Columns.DEFAULT);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
