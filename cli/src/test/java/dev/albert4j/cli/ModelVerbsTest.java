package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.io.JsonFile;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code convert}, {@code inspect}, {@code train-tokenizer}. */
class ModelVerbsTest {
    @TempDir
    Path work;

    @Test
    void aConvertedModelPredictsTheSame() throws IOException {
        Path out = work.resolve("sub/converted");
        CommandRun run = CommandRun.of("convert", Workshop.classifier(), out).succeeds();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("wrote " + out + "\n");
        String text = "The coffee was brilliant.";
        assertThat(CommandRun.of("predict", out, text).succeeds().out())
                .isEqualTo(CommandRun.of("predict", Workshop.classifier(), text)
                        .succeeds()
                        .out());
        assertThat(JsonFile.read(out.resolve("provenance.json"))
                        .at("/command/0")
                        .textValue())
                .isEqualTo("convert");
    }

    @Test
    void aModelCanBeConvertedInPlace() throws IOException {
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        CommandRun.of("convert", model, model).succeeds();
        CommandRun.of("predict", model, "The coffee was brilliant.").succeeds();
        assertThat(Workshop.tree(model)).isEqualTo(Workshop.tree(Workshop.classifier()));
    }

    @Test
    void whatCannotBeConvertedIsRefusedWithNothingWritten() throws IOException {
        Path notes = Files.createDirectories(work.resolve("notes"));
        Files.writeString(notes.resolve("mine.txt"), "mine");
        Path file = Files.writeString(work.resolve("file"), "");
        Path out = work.resolve("out");
        List<String> before = Workshop.tree(work);
        assertThat(CommandRun.of("convert", work.resolve("none"), out).fails()).contains("none: there is no such");
        assertThat(CommandRun.of("convert", notes, out).fails()).contains("notes: holds none of", "model.safetensors");
        assertThat(CommandRun.of("convert", file, out).fails()).contains("file: is no known checkpoint");
        assertThat(CommandRun.of("convert", Workshop.scratch(), out).fails()).contains("scratch: holds none of");
        assertThat(CommandRun.of("convert", Workshop.encoder(), notes).fails()).contains("notes: is not empty");
        assertThat(CommandRun.of("convert", Workshop.encoder(), file).fails()).contains("file: is a file");
        assertThat(CommandRun.of("convert", Workshop.encoder(), file.resolve("x"))
                        .fails())
                .contains("file");
        assertThat(CommandRun.of("convert", Workshop.encoder(), "/proc/x").fails())
                .contains("/proc/x");
        assertThat(Workshop.tree(work)).isEqualTo(before);
    }

    @Test
    void inspectionShowsShapesCountsLabelsAndProvenance() throws IOException {
        CommandRun run =
                CommandRun.of("inspect", Workshop.classifier(), "--parameters").succeeds();
        long count = AlbertParameters.of(
                        ModelDirectory.open(Workshop.classifier()).config())
                .stream()
                .mapToLong(AlbertParameters.Parameter::numElements)
                .sum();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("AlbertForSequenceClassification", "[bad, good]", "150 tokens", "model.safetensors")
                .contains(String.format(Locale.ROOT, "%,d", count))
                .contains("albert.embeddings.word_embeddings.weight [150, 16]", "classifier.bias [2]")
                .contains("provenance", "\"train.csv\"");
        CommandRun.of("inspect", Workshop.scratch()).succeeds();
    }

    @Test
    void aVocabularyIsTrainedFromSeveralFiles() throws IOException {
        Path text = Files.write(work.resolve("a.txt"), Workshop.corpus());
        Path json = Files.writeString(work.resolve("b.jsonl"), "{\"text\":\"Żółw 中文 quizzes\"}\n".repeat(20));
        Path packed = work.resolve("c.txt.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("excellent exhibitions\n".repeat(20).getBytes(StandardCharsets.UTF_8));
        }
        Path output = work.resolve("sub/tokenizer");
        CommandRun run = CommandRun.of(
                        "train-tokenizer", "--corpus", text, json, packed, "--vocab-size", 120, "--output", output)
                .succeeds();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("tokenizer, 120 pieces");
        CommandRun tokens = CommandRun.withInput("The film 中 x", "tokenize", output);
        assertThat(tokens.json().get(0).get("tokens").toString())
                .contains("film", "中")
                .doesNotContain("<unk>");
    }

    @Test
    void aWordPieceVocabularyIsTrainedForChinese() throws IOException {
        Path text = Files.writeString(work.resolve("a.txt"), "这部电影很好看。Really good, goodness!\n".repeat(5));
        Path output = work.resolve("tokenizer");
        CommandRun.of(
                        "train-tokenizer",
                        "--type",
                        "wordpiece",
                        "--corpus",
                        text,
                        "--vocab-size",
                        40,
                        "--output",
                        output)
                .succeeds();
        assertThat(output.resolve("vocab.txt")).exists();
        CommandRun tokens = CommandRun.withInput("电影 GOOD", "tokenize", output);
        assertThat(tokens.json().get(0).get("tokens").toString())
                .isEqualTo("[\"[CLS]\",\"电\",\"影\",\"good\",\"[SEP]\"]");
        assertThat(CommandRun.of(
                                "train-tokenizer",
                                "--type=wordpiece",
                                "--corpus",
                                text,
                                "--vocab-size=500",
                                "--output",
                                work.resolve("out"))
                        .fails())
                .contains("vocabSize 500 is too large for this corpus", "is possible");
        assertThat(CommandRun.of(
                                "train-tokenizer",
                                "--character-coverage=0.5",
                                "--corpus",
                                text,
                                "--vocab-size=50",
                                "--output",
                                work.resolve("out"))
                        .fails())
                .contains("characterCoverage 0.5 is not between 0.98 and 1");
        assertThat(work.resolve("out")).doesNotExist();
    }

    @Test
    void aVocabularyThatCannotBeTrainedIsRefusedWithNothingWritten() throws IOException {
        Path text = Files.writeString(work.resolve("a.txt"), "some words of a text\n".repeat(9));
        Path empty = Files.writeString(work.resolve("empty.txt"), "");
        Path wrong = Files.write(work.resolve("wrong.txt"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
        Path unpackable = Files.writeString(work.resolve("text.gz"), "not packed");
        Path out = work.resolve("out");
        List<String> before = Workshop.tree(work);
        assertThat(train(text, 5, out)).contains("vocabSize 5 must be above");
        assertThat(train(text, -1, out)).contains("vocabSize -1");
        assertThat(train(text, 20, out)).contains("vocabSize 20 is too small");
        assertThat(train(text, 2_000_000_000, out)).contains("2000000000");
        assertThat(train(empty, 100, out)).contains("empty");
        assertThat(train(wrong, 100, out)).contains("wrong.txt line 2", "UTF-8");
        assertThat(train(unpackable, 100, out)).contains("text.gz", "gzip");
        assertThat(train(work, 100, out)).contains(work + ": is a directory");
        assertThat(train(work.resolve("none.txt"), 100, out)).contains("no such file", "none.txt");
        assertThat(train(text, 50, Path.of("/proc/out"))).contains("/proc/out");
        assertThat(train(text, 50, text.resolve("out"))).contains("a.txt is a file");
        assertThat(CommandRun.of("train-tokenizer", "--type=bpe", "--corpus", text, "--vocab-size=50", "--output", out)
                        .fails())
                .contains("--type bpe", "unigram", "wordpiece");
        assertThat(Workshop.tree(work)).isEqualTo(before);
    }

    private static String train(Path corpus, int vocabSize, Path output) {
        return CommandRun.of("train-tokenizer", "--corpus", corpus, "--vocab-size", vocabSize, "--output", output)
                .fails();
    }
}
