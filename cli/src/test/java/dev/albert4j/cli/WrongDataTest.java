package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that cannot be read: one line says what was wrong and where, and nothing is left on the disk. */
class WrongDataTest {
    private static final byte[] NOT_UTF8 = {'t', 'e', (byte) 0xC3, (byte) 0x28, '\n'};

    @TempDir
    Path work;

    private Path output = Path.of("");

    @BeforeEach
    void nameOutput() {
        output = work.resolve("runs").resolve("model");
    }

    @Test
    void aMissingFile() throws IOException {
        assertRefused(work.resolve("none.csv"), "no such file", "none.csv");
    }

    @Test
    void aDirectoryInPlaceOfAFile() throws IOException {
        assertRefused(Files.createDirectories(work.resolve("dir.csv")), "dir.csv: is a directory");
    }

    @Test
    void anUnknownExtension() throws IOException {
        assertRefused(file("data.xlsx", "text,label\n"), "data.xlsx", ".csv, .tsv, .jsonl");
    }

    @Test
    void anEmptyFile() throws IOException {
        for (String name : List.of("empty.csv", "empty.tsv", "empty.jsonl")) {
            assertRefused(file(name, ""), name + ": holds no example");
        }
    }

    @Test
    void aHeaderOnly() throws IOException {
        assertRefused(file("header.csv", "text,label\n"), "header.csv: holds no example");
    }

    @Test
    void aHeaderOfOtherNames() throws IOException {
        assertRefused(
                file("other.csv", "review,stars\nfine,5\n"),
                "other.csv line 1",
                "\"text\"",
                "[review, stars]",
                "--columns");
    }

    @Test
    void oneClassOnly() throws IOException {
        assertRefused(file("one.csv", "text,label\nfine,good\ngreat,good\n"), "one label only, [good]", "at least two");
    }

    @Test
    void anEmptyLabel() throws IOException {
        assertRefused(file("blank.csv", "text,label\nfine,good\ndull,\n"), "blank.csv line 3", "empty label");
    }

    @Test
    void aRaggedTable() throws IOException {
        assertRefused(
                file("ragged.csv", "text,label\nfine,good\nwell, not quite,bad\n"),
                "ragged.csv line 3",
                "3 fields",
                "[text, label]");
        assertRefused(file("ragged.tsv", "text\tlabel\nfine\n"), "ragged.tsv line 2", "1 fields");
    }

    @Test
    void aQuoteThatIsNeverClosed() throws IOException {
        assertRefused(file("quote.csv", "text,label\n\"fine,good\ndull,bad\n"), "quote.csv");
    }

    @Test
    void bytesThatAreNotUtf8() throws IOException {
        assertRefused(bytes("wrong.csv", "text,label\nfine,good\n", NOT_UTF8), "wrong.csv", "not valid UTF-8");
        assertRefused(
                bytes("wrong.jsonl", "{\"text\":\"fine\",\"label\":\"good\"}\n", NOT_UTF8),
                "wrong.jsonl line 2",
                "not valid UTF-8");
    }

    @Test
    void standardInputThatIsNotUtf8() {
        for (List<Object> args : List.of(
                List.<Object>of("predict", Workshop.classifier()), List.<Object>of("tokenize", Workshop.encoder()))) {
            assertThat(CommandRun.withInput(NOT_UTF8, args.toArray()).fails())
                    .contains("standard input line 1", "not valid UTF-8");
        }
    }

    @Test
    void jsonThatIsNone() throws IOException {
        assertRefused(
                file("a.jsonl", "{\"text\":\"fine\",\"label\":\"good\"}\n{\"text\":\"fine\",\n"),
                "a.jsonl line 2",
                "is not JSON");
        assertRefused(file("b.jsonl", "{\"text\":\"fine\"}\n"), "b.jsonl line 1", "no field \"label\"", "[text]");
        assertRefused(file("c.jsonl", "[1,2]\n"), "c.jsonl line 1", "not a JSON object");
        assertRefused(file("d.jsonl", "{\"text\":[],\"label\":1}\n"), "d.jsonl line 1", "\"text\" is not a string");
        String line = "{\"text\":\"fine\"}\n{\"text\":3}\n";
        CommandRun run = CommandRun.withInput(line, "predict", Workshop.classifier());
        assertThat(run.fails()).contains("standard input line 2", "string \"text\"");
    }

    @Test
    void aDamagedGzipFile() throws IOException {
        assertRefused(file("plain.csv.gz", "text,label\nfine,good\n"), "plain.csv.gz", "gzip");
        assertRefused(file("plain.jsonl.gz", "{}\n"), "plain.jsonl.gz", "gzip");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"text\":\"fine\",\"label\":\"good\"}\n".repeat(99).getBytes(StandardCharsets.UTF_8));
        }
        Path cut = work.resolve("cut.jsonl.gz");
        Files.write(cut, Arrays.copyOf(packed.toByteArray(), packed.size() - 12));
        assertRefused(cut, "cut.jsonl.gz", "gzip");
    }

    @Test
    void developmentTextsWithALabelThatTrainingDoesNotHave() throws IOException {
        Path train = file("train.csv", "text,label\nfine,good\ndull,bad\n");
        Path dev = file("dev.csv", "text,label\nfine,good\nso so,average\n");
        List<String> before = Workshop.tree(work);
        assertThat(CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output, "--dev", dev))
                        .fails())
                .contains("dev.csv line 3", "\"average\"", "[bad, good]");
        assertThat(Workshop.tree(work)).isEqualTo(before);
    }

    @Test
    void columnsThatMakeNoSense() throws IOException {
        Path train = file("train.csv", "text,label\nfine,good\ndull,bad\n");
        for (String columns : List.of("text=", "body=a", "a,b", "label,_", "text,text,label", "")) {
            assertThat(CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output, "--columns", columns))
                            .fails())
                    .contains("\"" + columns + "\"", "text=NAME");
        }
    }

    /** Fine-tuning refuses a file as training data, and evaluation as test data; neither leaves a trace. */
    private void assertRefused(Path data, String... parts) throws IOException {
        List<String> before = Workshop.tree(work);
        String error = CommandRun.of(Workshop.finetune(Workshop.encoder(), data, output))
                .fails();
        assertThat(error).startsWith("albert finetune: ").contains(parts);
        if (!error.contains("one label only")) {
            assertThat(CommandRun.of("evaluate", Workshop.classifier(), "--data", data)
                            .fails())
                    .startsWith("albert evaluate: ")
                    .contains(parts);
        }
        assertThat(Workshop.tree(work)).isEqualTo(before);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(work.resolve(name), content);
    }

    private Path bytes(String name, String begin, byte[] end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(begin.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(end);
        return Files.write(work.resolve(name), bytes.toByteArray());
    }
}
