package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordPieceSegmenterTest {
    private final Tokenizer tokenizer = TestVocabulary.tokenizer();

    private List<String> pieces(String text) {
        return TestVocabulary.describe(
                tokenizer, tokenizer.encode(text, null, EncodingOptions.DEFAULT.withSpecialTokens(false)));
    }

    @Test
    void aWordIsCutIntoTheLongestPieces() {
        assertThat(pieces("unbelievable abab films"))
                .containsExactly(
                        "un 0-2", "##believ 2-8", "##able 8-12", "ab 13-15", "##ab 15-17", "film 18-22", "##s 22-23");
    }

    @Test
    void aWordThatCannotBeCutIsOneUnknownToken() {
        assertThat(pieces("filmx fine")).containsExactly("[UNK] 0-5", "fine 6-10");
    }

    @Test
    void chineseCharactersAndPunctuationAreWordsByThemselves() {
        assertThat(pieces("中国人a.b,火"))
                .containsExactly("中 0-1", "国 1-2", "人 2-3", "a 3-4", ". 4-5", "b 5-6", ", 6-7", "[UNK] 7-8");
    }

    @Test
    void lettersAreLowerCasedAndLoseTheirMarks() {
        assertThat(pieces("FÍLMS ÀB́")).containsExactly("film 0-4", "##s 4-5", "ab 6-8");
    }

    @Test
    void aDecomposedLetterEndsBeforeItsMarks() {
        assertThat(pieces("a\u0301\u0327b a\u0301")).containsExactly("ab 0-4", "a 5-6");
    }

    @Test
    void theTurkishCapitalIsOneLetterWithoutItsDot() {
        assertThat(pieces("\u0130")).containsExactly("i 0-1");
    }

    @Test
    void controlsFormatsAndPrivateUseVanishInsideWords() {
        assertThat(pieces("a\u0000b a\u200Bb \uE000 \uFFFD\uFEFFab")).containsExactly("ab 0-3", "ab 4-7", "ab 12-14");
    }

    @Test
    void loneSurrogatesVanish() {
        assertThat(pieces("a\uD800b \uDC00\uD83D")).containsExactly("ab 0-3");
    }

    @Test
    void aPairCutByTheEndOfTheRangeIsNotReadBeyondIt() {
        PieceList out = new PieceList();
        TestVocabulary.segmenter().segment("ab\uD840\uDC00", 0, 3, Integer.MAX_VALUE, out);
        assertThat(out.size).isEqualTo(1);
        assertThat(out.ends[0]).isEqualTo(2);
    }

    @Test
    void supplementaryCharactersHaveOffsetsOfBothUnits() {
        assertThat(pieces("a\uD840\uDC00b \uD83D\uDE00")) // U+20000 is Chinese, U+1F600 is not
                .containsExactly("a 0-1", "[UNK] 1-3", "b 3-4", "[UNK] 5-7");
    }

    @Test
    void aWordOfMoreThanAHundredCharactersIsOneUnknownToken() {
        assertThat(pieces("ab".repeat(50))).hasSize(50);
        assertThat(pieces("ab".repeat(50) + "a")).containsExactly("[UNK] 0-101");
        assertThat(pieces("ab".repeat(50) + "\u0301".repeat(9) + " a")).hasSize(51);
    }

    @Test
    void tenMillionLettersWithoutASpaceAreOneUnknownToken() {
        assertThat(pieces("a".repeat(10_000_000))).containsExactly("[UNK] 0-10000000");
    }

    @Test
    void segmentingStopsWhenEnoughPiecesAreFound() {
        PieceList out = new PieceList();
        TestVocabulary.segmenter().segment("中".repeat(1000), 0, 1000, 10, out);
        assertThat(out.size).isBetween(10, 11);
    }

    @Test
    void charactersNewerThanUnicodeEightAreLettersOnEveryJdk() {
        // U+08D4 is a mark since Unicode 9, U+2E43 punctuation since Unicode 9, U+166D was punctuation until Unicode
        // 11.
        assertThat(BertCharacters.isNonspacingMark(0x08D4)).isFalse();
        assertThat(BertCharacters.isPunctuation(0x2E43)).isFalse();
        assertThat(BertCharacters.isPunctuation(0x166D)).isTrue();
        assertThat(BertCharacters.isRemoved(0x0378)).isFalse();
    }

    @Test
    void everyAsciiCharacterIsOfOneKind() {
        for (int c = 0; c < 128; c++) {
            boolean space = BertCharacters.isSpace(c);
            boolean control = c < ' ' && !space || c == 127;
            assertThat(BertCharacters.isRemoved(c)).as("%x", c).isEqualTo(control);
            assertThat(BertCharacters.isPunctuation(c))
                    .as("%x", c)
                    .isEqualTo(!space && !control && !Character.isLetterOrDigit(c));
        }
    }

    @Test
    void aTrieFindsWhatWasPutInAndNothingElse() {
        WordPieceTrie trie = new WordPieceTrie();
        for (int i = 0; i < 5000; i++) {
            trie.put(Integer.toString(i, 36), i);
        }
        for (int i = 0; i < 5000; i++) {
            assertThat(trie.id(trie.node(Integer.toString(i, 36)))).isEqualTo(i);
        }
        assertThat(trie.node("zzzz")).isEqualTo(WordPieceTrie.NONE);
    }

    @Test
    void offsetsNeverGoBackAndPiecesAreFoundAgain() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            String text = randomText(random);
            Encoding encoding = tokenizer.encode(text, null, EncodingOptions.DEFAULT.withSpecialTokens(false));
            int last = 0;
            for (int i = 0; i < encoding.length(); i++) {
                String where = "seed " + seed + " round " + round + " token " + i;
                assertThat(encoding.begin(i)).as(where).isGreaterThanOrEqualTo(last);
                assertThat(encoding.end(i))
                        .as(where)
                        .isGreaterThan(encoding.begin(i))
                        .isLessThanOrEqualTo(text.length());
                last = encoding.end(i);
                if (encoding.id(i) != tokenizer.vocabulary().unkId()) {
                    String piece = tokenizer.vocabulary().token(encoding.id(i)).replace("##", "");
                    assertThat(normalized(text.substring(encoding.begin(i), last)))
                            .as(where)
                            .isEqualTo(piece);
                }
            }
        }
    }

    private static String normalized(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints()
                .filter(c -> !BertCharacters.isRemoved(c) && !BertCharacters.isSpace(c))
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .forEach(c -> result.append(BertNormalization.UNCASED.apply(c)));
        return result.toString();
    }

    static String randomText(Random random) {
        String[] parts = {
            "ab",
            "Film",
            "s",
            " ",
            "\t",
            "中",
            "国人",
            "\u0301",
            "é",
            "\u200B",
            ".",
            "[MASK]",
            "\uD83D\uDE00",
            "\uD800",
            "\uDC00",
            "각",
            "Å",
            "ß",
            "12",
            "\u0000",
            "a",
            "X"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(
                    random.nextInt(8) == 0
                            ? String.valueOf((char) random.nextInt(1 << 16))
                            : parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    @Test
    void anOversizedVocabularyIsRefused() {
        List<String> tokens = new ArrayList<>(TestVocabulary.TOKENS);
        tokens.add("x".repeat(WordPieceSegmenter.MAX_VOCABULARY_CHARS));
        Vocabulary vocabulary = new Vocabulary(tokens, "[PAD]", "[UNK]");
        assertThatThrownBy(() -> new WordPieceSegmenter(vocabulary, BertNormalization.UNCASED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most");
    }
}
