package dev.albert4j.tokenize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.albert4j.tokenize.BertPreprocessing;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTrainerTest {
    private static final List<String> HUGS = List.of(
            "hug hug hug hug hug hug hug hug hug hug",
            "pug pug pug pug pug",
            "pun pun pun pun pun pun pun pun pun pun pun pun",
            "bun bun bun bun",
            "hugs hugs hugs hugs hugs");

    @Test
    void theMostFrequentPairsBecomePieces() {
        Vocabulary vocabulary = trainer(17).train(HUGS.iterator());
        // By hand: u+g 20 times, u+n 16, h+ug 15, p+un 12, hug+s and p+ug 5.
        assertThat(vocabulary.tokens())
                .containsExactly(
                        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", "g", "h", "n", "p", "s", "u", "##g", "##n",
                        "##s", "##u", "##ug");
        assertThat(trainer(21).train(HUGS.iterator()).tokens().subList(16, 20))
                .containsExactly("##ug", "##un", "hug", "pun");
    }

    @Test
    void itMergesAsAPlainBytePairEncodingDoes() {
        long seed = 20261124;
        List<String> lines = MadeUpText.lines(seed, 60);
        Vocabulary vocabulary = trainer(160).train(lines.iterator());
        assertThat(vocabulary.tokens()).as("seed %d", seed).containsExactlyElementsOf(plain(lines, 160));
    }

    /** Counts every pair anew before each merge. */
    private static List<String> plain(List<String> lines, int vocabSize) {
        List<List<String>> words = new ArrayList<>();
        for (String line : lines) {
            BertPreprocessing.words(line, word -> {
                List<String> spelling = new ArrayList<>();
                word.codePoints().forEach(c -> spelling.add((spelling.isEmpty() ? "" : "##") + Character.toString(c)));
                words.add(spelling);
            });
        }
        List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        words.stream()
                .flatMap(List::stream)
                .map(p -> p.replace("##", ""))
                .distinct()
                .sorted()
                .forEach(pieces::add);
        words.stream()
                .flatMap(List::stream)
                .filter(p -> p.startsWith("##"))
                .distinct()
                .sorted()
                .forEach(pieces::add);
        while (pieces.size() < vocabSize) {
            Map<List<Integer>, Integer> counts = new HashMap<>();
            for (List<String> word : words) {
                for (int i = 1; i < word.size(); i++) {
                    counts.merge(
                            List.of(pieces.indexOf(word.get(i - 1)), pieces.indexOf(word.get(i))), 1, Integer::sum);
                }
            }
            int most = Collections.max(counts.values());
            List<Integer> best = counts.entrySet().stream()
                    .filter(entry -> entry.getValue() == most)
                    .map(Map.Entry::getKey)
                    .min((a, b) -> a.get(0).equals(b.get(0)) ? a.get(1) - b.get(1) : a.get(0) - b.get(0))
                    .orElseThrow();
            String first = pieces.get(best.get(0));
            String second = pieces.get(best.get(1));
            String piece = first + second.substring(2);
            if (!pieces.contains(piece)) {
                pieces.add(piece);
            }
            for (List<String> word : words) {
                for (int i = 1; i < word.size(); i++) {
                    if (word.get(i - 1).equals(first) && word.get(i).equals(second)) {
                        word.set(i - 1, piece);
                        word.remove(i);
                    }
                }
            }
        }
        return pieces;
    }

    @Test
    void theOrderOfTheLinesDoesNotMatter() {
        List<String> lines = new ArrayList<>(MadeUpText.lines(5, 200));
        Vocabulary one = trainer(300).train(lines.iterator());
        Collections.shuffle(lines, new Random(6));
        assertThat(trainer(300).train(lines.iterator()).tokens()).isEqualTo(one.tokens());
    }

    @Test
    void everyChineseCharacterIsAWord() {
        Vocabulary vocabulary =
                trainer(20).train(List.of("这部电影很好看，很好！GOOD good").iterator());
        assertThat(vocabulary.tokens()).contains("很", "好", "，").noneMatch(piece -> piece.contains("##好"));
    }

    @Test
    void theTokenizerReadsWhatItWrites(@TempDir Path directory) throws Exception {
        List<String> lines = MadeUpText.lines(7, 300);
        Tokenizer tokenizer = Tokenizer.ofWordPieces(trainer(400).train(lines.iterator()));
        tokenizer.save(directory);
        Tokenizer again = Tokenizer.load(directory);
        for (String line : lines) {
            int[] ids = again.encode(line).ids();
            assertThat(ids)
                    .isEqualTo(tokenizer.encode(line).ids())
                    .doesNotContain(tokenizer.vocabulary().unkId());
        }
    }

    @Test
    void preprocessingCutsWordsWhereTheTokenizerDoes() {
        String text = "Ça va, İstanbul?  中文字\u0000s\u00AD \uD800x \uD83D\uDE00! ＡＢＣ ﬁ \u2167 don't";
        List<String> words = new ArrayList<>();
        BertPreprocessing.words(text, words::add);
        assertThat(words)
                .containsExactly(
                        "ca",
                        "va",
                        ",",
                        "istanbul",
                        "?",
                        "中",
                        "文",
                        "字",
                        "s",
                        "x",
                        "\uD83D\uDE00",
                        "!",
                        "ａｂｃ",
                        "ﬁ",
                        "\u2177",
                        "don",
                        "'",
                        "t");
        List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        words.stream().distinct().forEach(pieces::add);
        Vocabulary vocabulary = new Vocabulary(pieces, "[PAD]", "[UNK]");
        int[] ids = Tokenizer.ofWordPieces(vocabulary).encode(text).ids();
        List<String> tokens = new ArrayList<>();
        for (int i = 1; i < ids.length - 1; i++) {
            tokens.add(vocabulary.token(ids[i]));
        }
        assertThat(tokens).isEqualTo(words);
    }

    @Test
    void whatCannotBeTrainedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(1000).train(HUGS.iterator()))
                .withMessage("vocabSize 1000 is too large for this corpus: at most 23 is possible with minFrequency 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(10).train(HUGS.iterator()))
                .withMessage(
                        "vocabSize 10 is too small: 16 pieces are needed for the special pieces and the letters alone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(10).train(List.of(" ", "\u0000").iterator()))
                .withMessage("the corpus has no words");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(5))
                .withMessage("vocabSize 5 must be above the 5 special pieces");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WordPieceTrainer(100, 0.5, 2))
                .withMessage("characterCoverage 0.5 is not between 0.98 and 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WordPieceTrainer(100, 1, 0))
                .withMessage("minFrequency 0 is not positive");
    }

    private static WordPieceTrainer trainer(int vocabSize) {
        return new WordPieceTrainer(vocabSize, 1, 2);
    }
}
