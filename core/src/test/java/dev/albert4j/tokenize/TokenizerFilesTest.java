package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFilesTest {
    @TempDir
    Path directory;

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private void writeVocab(String separator) throws IOException {
        write("vocab.txt", String.join(separator, TestVocabulary.TOKENS) + separator);
    }

    private String json(String modelFields, String normalizerFields) {
        StringBuilder vocab = new StringBuilder();
        for (int id = 0; id < TestVocabulary.TOKENS.size(); id++) {
            vocab.append(id == 0 ? "" : ",")
                    .append('"')
                    .append(TestVocabulary.TOKENS.get(id))
                    .append("\":")
                    .append(id);
        }
        return "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":4,\"content\":\"[MASK]\"}],\"normalizer\":{\"type\":\"BertNormalizer\""
                + normalizerFields + "},\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},\"model\":{" + modelFields
                + "\"unk_token\":\"[UNK]\",\"vocab\":{" + vocab + "}}}";
    }

    private List<String> tokens(Tokenizer tokenizer, String text) {
        return TestVocabulary.describe(tokenizer, tokenizer.encode(text));
    }

    private void assertRefused(Path path, String... parts) {
        assertThatThrownBy(() -> Tokenizer.load(path))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(parts)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").contains(path.toString()));
    }

    @Test
    void aVocabularyIsReadFromItsDirectoryOrByItsName() throws IOException {
        writeVocab("\n");
        List<String> expected = tokens(TestVocabulary.tokenizer(), "Films 中国.");
        assertThat(tokens(Tokenizer.load(directory), "Films 中国.")).isEqualTo(expected);
        assertThat(tokens(Tokenizer.load(directory.resolve("vocab.txt")), "Films 中国."))
                .isEqualTo(expected);
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkDoNotMatter() throws IOException {
        write("vocab.txt", "\uFEFF" + String.join("\r\n", TestVocabulary.TOKENS));
        assertThat(Tokenizer.load(directory).vocabulary().tokens()).isEqualTo(TestVocabulary.TOKENS);
    }

    @Test
    void ofATokenGivenTwiceTheLastLineCountsAndEmptyLinesKeepTheirId() throws IOException {
        write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n\nb\na\n");
        Tokenizer tokenizer = Tokenizer.load(directory);
        assertThat(tokenizer.vocabulary().size()).isEqualTo(9);
        assertThat(tokenizer.encode("a b").ids()).containsExactly(2, 8, 7, 3);
        assertThat(tokenizer.vocabulary().id("a")).hasValue(8);
    }

    @Test
    void theConfigurationBesideAVocabularySaysWhetherLettersAreLowerCased() throws IOException {
        writeVocab("\n");
        write("tokenizer_config.json", "{\"do_lower_case\": false, \"strip_accents\": null}");
        assertThat(tokens(Tokenizer.load(directory), "Film film"))
                .containsExactly("[CLS] 0-0", "[UNK] 0-4", "film 5-9", "[SEP] 0-0");
        write("tokenizer_config.json", "{\"do_lower_case\": \"yes\"}");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("do_lower_case is \"yes\"; expected true, false or null");
    }

    @Test
    void aTokenizerJsonWithAWordPieceModelIsRead() throws IOException {
        for (String type : new String[] {"\"type\":\"WordPiece\",", ""}) {
            write("tokenizer.json", json(type, ",\"lowercase\":true,\"strip_accents\":null"));
            assertThat(tokens(Tokenizer.load(directory), "Films é"))
                    .containsExactly("[CLS] 0-0", "film 0-4", "##s 4-5", "e 6-7", "[SEP] 0-0");
        }
        write("tokenizer.json", json("", ",\"lowercase\":false"));
        assertThat(tokens(Tokenizer.load(directory), "Film")).containsExactly("[CLS] 0-0", "[UNK] 0-4", "[SEP] 0-0");
    }

    @Test
    void aTokenizerJsonThatMeansSomethingElseIsRefused() throws IOException {
        assertRefused(write("a.json", json("\"type\":\"BPE\",", "")), "model.type is BPE", "WordPiece");
        assertRefused(write("a.json", json("\"max_input_chars_per_word\":50,", "")), "max_input_chars_per_word is 50");
        assertRefused(write("a.json", json("", "").replace("\"id\":4", "\"id\":99")), "[MASK]", "99");
        assertRefused(write("a.json", json("", "").replace("\"film\":13", "\"film\":12")), "the id 12");
        assertRefused(write("a.json", json("", "").replace("BertNormalizer", "Lowercase")), "normalizer.type");
        assertRefused(write("a.json", json("", "").replace("\"normalizer\"", "\"n\"")), "normalizer.type is missing");
        assertRefused(write("a.json", json("", "").substring(0, 300)), "is not JSON");
        assertRefused(write("a.json", "{\"model\":3}"), "has no object model");
        assertRefused(write("a.json", ""), "has no object model");
    }

    @Test
    void filesThatAreNoTokenizerAreRefused() throws IOException {
        assertRefused(directory, "holds no tokenizer", "spiece.model", "tokenizer.json", "vocab.txt");
        assertRefused(directory.resolve("nowhere"), "no such file or directory");
        assertRefused(write("a.bin", "x"), "is no tokenizer");
        assertRefused(write("a.txt", ""), "is empty");
        assertRefused(write("a.txt", "hello\nworld\n"), "has no token [PAD]");
        Path latin = directory.resolve("latin.txt");
        Files.write(latin, "[PAD]\n\u00E9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(latin, "is not UTF-8");
    }

    @Test
    void aHugeFileIsRefusedBeforeItIsRead() throws IOException {
        Path huge = directory.resolve("huge.txt");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertRefused(huge, "1099511627776 bytes", "at most");
    }

    @Test
    void aSavedTokenizerIsReadAgain() throws IOException {
        BertNormalization normalization = new BertNormalization(true, false, false);
        Vocabulary vocabulary = new Vocabulary(TestVocabulary.TOKENS, "[PAD]", "[UNK]");
        Tokenizer saved = new Tokenizer(new WordPieceSegmenter(vocabulary, normalization));
        Path target = directory.resolve("new/model");
        saved.save(target);
        saved.save(target);
        Tokenizer read = Tokenizer.load(target);
        assertThat(read.vocabulary().tokens()).isEqualTo(TestVocabulary.TOKENS);
        String text = "FILMÉ 中国 Films é";
        assertThat(tokens(read, text))
                .isEqualTo(tokens(saved, text))
                .isNotEqualTo(tokens(TestVocabulary.tokenizer(), text));
        assertThat(target).isDirectoryNotContaining("glob:**.part").isDirectoryContaining("glob:**vocab.txt");
    }
}
