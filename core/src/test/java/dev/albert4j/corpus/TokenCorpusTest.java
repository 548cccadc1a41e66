package dev.albert4j.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCorpusTest {
    @TempDir
    Path work;

    private Path stores;
    private Tokenizer tokenizer;
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void makeATokenizer() throws IOException {
        stores = work.resolve("tokens");
        tokenizer = MadeUpCorpus.tokenizer(work.resolve("tokenizer"));
    }

    private TokenCorpus prepare(boolean splits, Path... files) throws IOException {
        return TokenCorpus.prepare(List.of(files), stores, tokenizer, splits, 3, (file, documents, tokens, done) -> {
            if (done) {
                made.add(SourceFile.name(file));
            }
        });
    }

    private Path file(String name, String text) throws IOException {
        Path file = work.resolve(name);
        if (name.endsWith(".gz")) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            return file;
        }
        return Files.writeString(file, text);
    }

    /** All documents as text, sentences parted by a bar. */
    private List<String> documents(TokenCorpus corpus) {
        List<String> documents = new ArrayList<>();
        for (long document = 0; document < corpus.numDocuments(); document++) {
            List<String> sentences = new ArrayList<>();
            for (long s = corpus.firstSentence(document); s < corpus.firstSentence(document + 1); s++) {
                int[] ids = new int[corpus.sentenceLength(s)];
                corpus.copy(s, 0, ids.length, ids, 0);
                sentences.add(MadeUpCorpus.text(ids));
                assertThat(corpus.documentOf(s)).isEqualTo(document);
            }
            documents.add(String.join("|", sentences));
        }
        return documents;
    }

    @Test
    void blankLinesPartDocumentsAndLinesSentences() throws IOException {
        TokenCorpus corpus = prepare(false, file("a.txt", "\n\nw1 w2\nw3\n \t\n\nw4\r\n\r\nw5 w6 w7"));
        assertThat(documents(corpus)).containsExactly("w1 w2|w3", "w4", "w5 w6 w7");
        assertThat(corpus.numTokens()).isEqualTo(7);
        assertThat(corpus.numSentences()).isEqualTo(4);
    }

    @Test
    void eachObjectOfJsonLinesIsADocument() throws IOException {
        Path file = file(
                "a.jsonl.gz", "{\"text\": \"w1 w2\\n\\nw3\", \"label\": 1}\n\n{\"text\": \"\"}\n{\"text\": \"w4\"}\n");
        assertThat(documents(prepare(false, file))).containsExactly("w1 w2|w3", "w4");
    }

    @Test
    void linesAreCutIntoSentencesWhereThatIsAsked() throws IOException {
        String line = "w1? W2 w3! W4\n";
        assertThat(documents(prepare(true, file("a.txt", line)))).hasSize(1);
        assertThat(prepare(true, file("a.txt", line)).numSentences()).isEqualTo(3);
    }

    @Test
    void severalFilesOfOneNameAreOneCorpus() throws IOException {
        Files.createDirectories(work.resolve("b"));
        TokenCorpus corpus = prepare(false, file("a.txt", "w1\n\nw2\n"), file("b/a.txt", "w3\nw4\n"));
        assertThat(documents(corpus)).containsExactly("w1", "w2", "w3|w4");
        assertThat(made).containsExactly("a.txt", "a.txt");
    }

    @Test
    void aLargeCorpusIsTheSameWhateverTheThreads() throws IOException {
        List<List<int[]>> documents = MadeUpCorpus.documents(3000, 30, 20, 1);
        Path file = MadeUpCorpus.write(work.resolve("a.txt"), documents);
        List<String> expected = documents.stream()
                .map(document -> String.join(
                        "|", document.stream().map(MadeUpCorpus::text).toList()))
                .toList();
        TokenCorpus corpus = prepare(false, file);
        assertThat(documents(corpus)).isEqualTo(expected);
        TokenCorpus one = TokenCorpus.prepare(
                List.of(file), work.resolve("other"), tokenizer, false, 1, (name, number, tokens, done) -> {});
        assertThat(one.fingerprint()).isEqualTo(corpus.fingerprint());
    }

    @Test
    void idsOfALargeVocabularyTakeFourBytes() throws IOException {
        tokenizer = MadeUpCorpus.tokenizer(work.resolve("large"), 70_000);
        assertThat(documents(prepare(false, file("a.txt", "w69999 w65530\nw65531"))))
                .containsExactly("w69999 w65530|w65531");
        assertThat(Files.size(stores.resolve("a.txt/ids"))).isEqualTo(12);
    }

    @Test
    void aStoreIsMadeOnceAndAgainWhenItsFileIsAnother() throws IOException {
        Path file = file("a.txt", "w1\n");
        prepare(false, file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000)); // touched
        prepare(false, file);
        assertThat(made).containsExactly("a.txt");
        TokenCorpus changed = prepare(false, file("a.txt", "w2\n"));
        assertThat(made).containsExactly("a.txt", "a.txt");
        assertThat(documents(changed)).containsExactly("w2");
    }

    @Test
    void aFileThatIsDoneIsNotDoneAgainWhenTheNextOneFailed() throws IOException {
        Path first = file("a.txt", "w1\n");
        Path second = file("b.jsonl", "{\"text\": \"w2\"}\n{\"text\": 3}\n");
        assertThatExceptionOfType(DataFormatException.class)
                .isThrownBy(() -> prepare(false, first, second))
                .withMessageContaining("b.jsonl line 2")
                .withMessageContaining("\"text\"");
        assertThat(documents(prepare(false, first, file("b.jsonl", "{\"text\": \"w2\"}\n"))))
                .containsExactly("w1", "w2");
        assertThat(made).containsExactly("a.txt", "b.jsonl");
    }

    @Test
    void aStoreOfAnotherTokenizerOrOfOtherRulesIsRefused() throws IOException {
        Path file = file("a.txt", "w1\n");
        prepare(false, file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> prepare(true, file))
                .withMessageContaining("not cut into sentences");
        tokenizer = MadeUpCorpus.tokenizer(work.resolve("other"), 50);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> prepare(false, file))
                .withMessageContaining("another tokenizer")
                .withMessageContaining("a.txt");
    }

    @Test
    void aDamagedOrTruncatedStoreIsRefused() throws IOException {
        Path file = file("a.txt", "w1 w2\nw3\n\nw4\n");
        for (String name : List.of("ids", "sentences", "documents")) {
            prepare(false, file);
            Path part = stores.resolve("a.txt").resolve(name);
            byte[] bytes = Files.readAllBytes(part);
            bytes[0] ^= 1;
            Files.write(part, bytes);
            assertRefused(file, name + " has the checksum");
            Files.write(part, Arrays.copyOf(bytes, bytes.length - 1));
            assertRefused(file, name + " has " + (bytes.length - 1) + " bytes, expected " + bytes.length);
            Files.delete(part);
            assertRefused(file, name + " has gone");
            TokenCorpus.delete(stores);
        }
        prepare(false, file);
        Files.writeString(stores.resolve("a.txt/header.json"), "{\"format\": \"another\"}");
        assertRefused(file, "albert4j tokens 1");
    }

    private void assertRefused(Path file, String problem) {
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> prepare(false, file))
                .withMessageContaining("a.txt")
                .withMessageContaining(problem);
    }

    @Test
    void anIdOutsideTheVocabularyIsRefusedWhateverTheChecksum() throws IOException {
        Path file = file("a.txt", "w1 w2\n");
        prepare(false, file);
        Path ids = stores.resolve("a.txt/ids");
        byte[] bytes = Files.readAllBytes(ids);
        bytes[1] = 100;
        Files.write(ids, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        Path header = stores.resolve("a.txt/header.json");
        ObjectNode json = JsonFile.read(header);
        JsonFile.write(header, json.put("idsCrc", crc.getValue()));
        assertRefused(file, "contradict each other");
    }

    @Test
    void whatIsNoCorpusIsRefused() throws IOException {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> prepare(false, work.resolve("none.txt")))
                .withMessageContaining("there is no such file");
        assertThatIOException().isThrownBy(() -> prepare(false, work)).withMessageContaining("is no plain file");
        Path empty = file("empty.txt", "\n \n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> prepare(false, empty))
                .withMessageContaining("has no text");
        Path notText = Files.write(work.resolve("bytes.txt"), new byte[] {'w', (byte) 0xFF, '\n'});
        assertThatExceptionOfType(DataFormatException.class)
                .isThrownBy(() -> prepare(false, notText))
                .withMessageContaining("not valid UTF-8");
        Path notGzip = Files.writeString(work.resolve("a.txt.gz"), "text");
        assertThatExceptionOfType(DataFormatException.class)
                .isThrownBy(() -> prepare(false, notGzip))
                .withMessageContaining("damaged gzip");
        assertThat(Files.exists(stores.resolve("a.txt.gz"))).isFalse();
    }
}
