package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {
    private static final EncodingOptions DEFAULT = EncodingOptions.DEFAULT;

    private final Tokenizer tokenizer = TestVocabulary.tokenizer();

    private List<String> describe(Encoding encoding) {
        return TestVocabulary.describe(tokenizer, encoding);
    }

    @Test
    void aPairHasThreeSpecialTokensAndTwoTypes() {
        Encoding encoding = tokenizer.encode("film", "ab 中", DEFAULT);
        assertThat(describe(encoding))
                .containsExactly("[CLS] 0-0", "film 0-4", "[SEP] 0-0", "ab 0-2", "中 3-4", "[SEP] 0-0");
        assertThat(encoding.typeIds()).containsExactly(0, 0, 0, 1, 1, 1);
        assertThat(encoding.isSpecial(0)).isTrue();
        assertThat(encoding.isSpecial(1)).isFalse();
        assertThat(encoding.isSpecial(5)).isTrue();
    }

    @Test
    void emptyTextsAreSpecialTokensOnly() {
        assertThat(describe(tokenizer.encode(""))).containsExactly("[CLS] 0-0", "[SEP] 0-0");
        assertThat(describe(tokenizer.encode("", "", DEFAULT))).containsExactly("[CLS] 0-0", "[SEP] 0-0", "[SEP] 0-0");
        assertThat(tokenizer.encode(" ", null, DEFAULT.withSpecialTokens(false)).length())
                .isZero();
    }

    @Test
    void aSpecialTokenInTheTextIsPlainTextUnlessAskedFor() {
        assertThat(describe(tokenizer.encode("a[MASK] b")))
                .containsExactly("[CLS] 0-0", "a 0-1", "[ 1-2", "mask 2-6", "] 6-7", "b 8-9", "[SEP] 0-0");
        Encoding recognised = tokenizer.encode("a[MASK] b[SEP]", null, DEFAULT.recognizingSpecialTokens(true));
        assertThat(describe(recognised))
                .containsExactly("[CLS] 0-0", "a 0-1", "[MASK] 1-7", "b 8-9", "[SEP] 9-14", "[SEP] 0-0");
        assertThat(recognised.isSpecial(2)).isFalse();
        assertThat(recognised.isSpecial(4)).isFalse();
        assertThat(recognised.isSpecial(5)).isTrue();
    }

    @Test
    void aSpecialTokenIsRecognisedLetterByLetter() {
        assertThat(describe(tokenizer.encode("[mask] [[MASK]]", null, DEFAULT.recognizingSpecialTokens(true))))
                .containsExactly(
                        "[CLS] 0-0", "[ 0-1", "mask 1-5", "] 5-6", "[ 7-8", "[MASK] 8-14", "] 14-15", "[SEP] 0-0");
    }

    @ParameterizedTest
    @CsvSource({
        // first, second, maxLength -> kept of first, kept of second: what Hugging Face's tokenizers 0.23.2 keeps
        "60, 40, 31, 14, 14", "28,  3, 32, 26,  3", " 3, 28, 32,  3, 26", "14, 60, 32, 14, 15", "60, 14, 32, 15, 14",
        "16, 16, 32, 14, 15", "16, 17, 32, 14, 15", "17, 16, 32, 15, 14", "32, 31, 32, 15, 14", "33, 32, 32, 14, 15",
        "60, 40, 32, 14, 15", "40, 60, 32, 14, 15", " 5,  6, 32,  5,  6", " 9,  9,  3,  0,  0", " 9,  8,  4,  0,  1",
    })
    void theLongerTextLosesItsEndFirst(int first, int second, int maxLength, int keptFirst, int keptSecond) {
        Encoding encoding = tokenizer.encode("中".repeat(first), "国".repeat(second), DEFAULT.withMaxLength(maxLength));
        assertThat(count(encoding, "中")).isEqualTo(keptFirst);
        assertThat(count(encoding, "国")).isEqualTo(keptSecond);
        assertThat(encoding.length()).isLessThanOrEqualTo(maxLength);
    }

    @Test
    void onlyTheNamedTextIsCut() {
        EncodingOptions options = DEFAULT.withMaxLength(10);
        Encoding second = tokenizer.encode("中中中", "国国国国国国", options.withTruncation(Truncation.ONLY_SECOND));
        assertThat(count(second, "中")).isEqualTo(3);
        assertThat(count(second, "国")).isEqualTo(4);
        Encoding first = tokenizer.encode("中中中中中", "国国国国国国", options.withTruncation(Truncation.ONLY_FIRST));
        assertThat(count(first, "中")).isEqualTo(1);
        assertThat(count(first, "国")).isEqualTo(6);
    }

    @Test
    void aPairThatCannotBeCutToSizeIsRefused() {
        EncodingOptions options = DEFAULT.withMaxLength(10);
        assertThatThrownBy(() -> tokenizer.encode("中".repeat(7), "国", options.withTruncation(Truncation.ONLY_SECOND)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ONLY_SECOND")
                .hasMessageContaining("maxLength 10");
        assertThatThrownBy(() -> tokenizer.encode("a", "国", DEFAULT.withMaxLength(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxLength 2 has no room for 3 special tokens");
    }

    @Test
    void aSingleTextLosesItsEndWhateverTheTruncation() {
        for (Truncation truncation : Truncation.values()) {
            EncodingOptions options = DEFAULT.withMaxLength(4).withTruncation(truncation);
            assertThat(describe(tokenizer.encode("中国人", null, options)))
                    .containsExactly("[CLS] 0-0", "中 0-1", "国 1-2", "[SEP] 0-0");
        }
    }

    @Test
    void windowsShareTheStrideAndReachTheEnd() {
        EncodingOptions options = DEFAULT.withMaxLength(8).withTruncation(Truncation.ONLY_SECOND);
        List<Encoding> windows = tokenizer.windows("中", "a b a b a b a b a", options, 1); // 4 tokens, 3 of them new
        assertThat(windows).hasSize(3);
        assertThat(windows).allSatisfy(window -> assertThat(count(window, "中")).isEqualTo(1));
        assertThat(windows).extracting(window -> window.begin(3)).containsExactly(0, 6, 12);
        assertThat(windows)
                .extracting(window -> window.end(window.length() - 2))
                .containsExactly(7, 13, 17);
    }

    @Test
    void aShortTextIsOneWindow() {
        List<Encoding> windows = tokenizer.windows("中国", null, DEFAULT, 5);
        assertThat(windows).hasSize(1);
        assertThat(windows.get(0).ids()).isEqualTo(tokenizer.encode("中国").ids());
    }

    @Test
    void windowsOfHuggingFaceEndWithTheWordThatReachesMaxLength() {
        EncodingOptions options = DEFAULT.withMaxLength(8).withTruncation(Truncation.ONLY_SECOND);
        String text = "a b a b a b films a b a b"; // the seventh and eighth token are film and ##s
        List<Encoding> windows = tokenizer.huggingFaceWindows("中", text, options, 1);
        assertThat(windows.get(windows.size() - 1)
                        .end(windows.get(windows.size() - 1).length() - 2))
                .isEqualTo(17);
        List<Encoding> all = tokenizer.windows("中", text, options, 1);
        assertThat(all.get(all.size() - 1).end(all.get(all.size() - 1).length() - 2))
                .isEqualTo(text.length());
    }

    @Test
    void impossibleWindowsAreRefused() {
        EncodingOptions options = DEFAULT.withMaxLength(6);
        assertThatThrownBy(() -> tokenizer.windows("中国人中国人", null, options, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stride 4");
        assertThatThrownBy(() -> tokenizer.windows("中", null, options, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stride -1");
        assertThatThrownBy(() -> tokenizer.windows("中", "国", options, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LONGEST_FIRST");
        EncodingOptions second = options.withTruncation(Truncation.ONLY_SECOND);
        assertThatThrownBy(() -> tokenizer.windows("中".repeat(9), "国国", second, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 tokens");
    }

    @Test
    void readingOnlyAsFarAsNeededChangesNothing() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            String text = WordPieceSegmenterTest.randomText(random);
            int maxLength = 2 + random.nextInt(20);
            boolean recognise = random.nextBoolean();
            EncodingOptions options = DEFAULT.recognizingSpecialTokens(recognise);
            int[] all = tokenizer.encode(text, null, options).ids();
            int[] cut = tokenizer
                    .encode(text, null, options.withMaxLength(maxLength))
                    .ids();
            int kept = Math.min(all.length, maxLength) - 1;
            assertThat(cut).as("seed %d round %d", seed, round).hasSize(kept + 1);
            assertThat(cut).startsWith(Arrays.copyOf(all, kept));
        }
    }

    @Test
    void eightThreadsGetWhatOneThreadGets() throws InterruptedException, ExecutionException {
        Random random = new Random(7);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            texts.add(WordPieceSegmenterTest.randomText(random));
        }
        List<List<String>> expected =
                texts.stream().map(text -> describe(tokenizer.encode(text))).toList();
        Tokenizer fresh = TestVocabulary.tokenizer(); // has seen no character yet
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<List<String>>>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                results.add(threads.submit(() ->
                        texts.stream().map(text -> describe(fresh.encode(text))).toList()));
            }
            for (Future<List<List<String>>> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private long count(Encoding encoding, String token) {
        int id = tokenizer.vocabulary().id(token).orElseThrow();
        return Arrays.stream(encoding.ids()).filter(i -> i == id).count();
    }
}
