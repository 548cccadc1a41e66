package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Truncation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenizeCommandTest {
    private static final String TEXT = "The film was wonderful.";
    private static final String PAIR = "The hotel near the garden was dull.";

    private final Tokenizer tokenizer = load();

    @Test
    void eachLineOfTextBecomesALineOfJson() {
        List<JsonNode> lines = CommandRun.withInput(TEXT + "\n\n" + PAIR, "tokenize", Workshop.encoder())
                .json();
        assertThat(lines).hasSize(3);
        assertSame(lines.get(0), tokenizer.encode(TEXT));
        assertSame(lines.get(1), tokenizer.encode(""));
        assertSame(lines.get(2), tokenizer.encode(PAIR));
        assertThat(lines.get(0).fieldNames()).toIterable().containsExactly("ids", "type_ids", "offsets", "tokens");
        assertThat(lines.get(0).at("/tokens/0").textValue()).isEqualTo("[CLS]");
        assertThat(lines.get(0).at("/tokens/1").textValue()).startsWith("▁");
    }

    @Test
    void jsonLinesMayHoldPairs() {
        String input = "{\"text\":\"" + TEXT + "\",\"pair\":\"" + PAIR + "\"}\n{\"text\":\"" + TEXT + "\"}\n";
        List<JsonNode> lines =
                CommandRun.withInput(input, "tokenize", Workshop.encoder()).json();
        assertSame(lines.get(0), tokenizer.encode(TEXT, PAIR, EncodingOptions.DEFAULT));
        assertSame(lines.get(1), tokenizer.encode(TEXT));
    }

    @Test
    void aTextThatBeginsWithABraceIsText() {
        String input = "{film} was wonderful\n";
        JsonNode line = CommandRun.withInput(input, "tokenize", Workshop.encoder())
                .json()
                .get(0);
        assertSame(line, tokenizer.encode(input.strip()));
    }

    @Test
    void truncationIsAsAsked() {
        String input = "{\"text\":\"" + TEXT + "\",\"pair\":\"" + PAIR + "\"}";
        for (Truncation truncation : Truncation.values()) {
            String name = truncation.name().toLowerCase(Locale.ROOT).replace('_', '-');
            JsonNode line = CommandRun.withInput(
                            input,
                            "tokenize",
                            Workshop.encoder(),
                            "--max-length",
                            30,
                            "--truncation=" + name,
                            "--no-special")
                    .json()
                    .get(0);
            EncodingOptions options = EncodingOptions.DEFAULT
                    .withMaxLength(30)
                    .withTruncation(truncation)
                    .withSpecialTokens(false);
            assertSame(line, tokenizer.encode(TEXT, PAIR, options));
            assertThat(line.get("tokens").toString()).doesNotContain("[CLS]", "[SEP]");
        }
    }

    @Test
    void windowsShareTokensAndReachTheEnd() {
        JsonNode line = CommandRun.withInput(
                        PAIR + " " + TEXT,
                        "tokenize",
                        Workshop.encoder(),
                        "--max-length",
                        12,
                        "--stride",
                        4,
                        "--whole-text")
                .json()
                .get(0);
        assertThat(line.fieldNames()).toIterable().containsExactly("windows");
        JsonNode windows = line.get("windows");
        assertThat(windows.size()).isGreaterThan(1);
        List<Encoding> expected =
                tokenizer.windows(PAIR + " " + TEXT, null, EncodingOptions.DEFAULT.withMaxLength(12), 4);
        assertThat(windows.size()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertSame(windows.get(i), expected.get(i));
        }
        JsonNode last = windows.get(windows.size() - 1).get("offsets");
        assertThat(last.get(last.size() - 2).get(1).intValue()).isEqualTo(PAIR.length() + 1 + TEXT.length());
    }

    @Test
    void specialTokensInATextAreTextUnlessAskedFor() {
        String input = "the [MASK] was fine";
        CommandRun plain = CommandRun.withInput(input, "tokenize", Workshop.encoder());
        assertThat(plain.json().get(0).get("tokens").toString()).doesNotContain("[MASK]");
        CommandRun asked = CommandRun.withInput(input, "tokenize", Workshop.encoder(), "--recognize-special");
        assertThat(asked.json().get(0).get("tokens").toString()).contains("\"[MASK]\"");
    }

    @Test
    void aTokenizerFileWillDo() {
        CommandRun run =
                CommandRun.withInput(TEXT, "tokenize", Workshop.encoder().resolve("spiece.model"));
        assertSame(run.json().get(0), tokenizer.encode(TEXT));
    }

    @Test
    void nothingInGivesNothingOut() {
        CommandRun run = CommandRun.of("tokenize", Workshop.encoder()).succeeds();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkAreNotText() {
        List<JsonNode> lines = CommandRun.withInput("\uFEFF" + TEXT + "\r\n" + PAIR, "tokenize", Workshop.encoder())
                .json();
        assertSame(lines.get(0), tokenizer.encode(TEXT));
        assertSame(lines.get(1), tokenizer.encode(PAIR));
    }

    @Test
    void aLineOfTenMegabytesIsCut() {
        JsonNode line = CommandRun.withInput("a".repeat(10 << 20), "tokenize", Workshop.encoder(), "--max-length", 8)
                .json()
                .get(0);
        assertThat(line.get("ids").size()).isEqualTo(8);
    }

    private static void assertSame(JsonNode line, Encoding encoding) {
        assertThat(line.get("ids").toString().replace(" ", "")).isEqualTo(list(encoding.ids()));
        assertThat(line.get("type_ids").toString()).isEqualTo(list(encoding.typeIds()));
        List<String> offsets = new ArrayList<>();
        for (int token = 0; token < encoding.length(); token++) {
            offsets.add("[" + encoding.begin(token) + "," + encoding.end(token) + "]");
        }
        assertThat(line.get("offsets").toString()).isEqualTo("[" + String.join(",", offsets) + "]");
    }

    private static String list(int[] values) {
        return IntStream.of(values).boxed().toList().toString().replace(" ", "");
    }

    private static Tokenizer load() {
        try {
            return Tokenizer.load(Workshop.encoder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
