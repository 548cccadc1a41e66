package dev.albert4j.tokenize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.tokenize.SentencePieceModel;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnigramTrainerTest {
    private static final long SEED = 20;

    private static SentencePieceModel train(List<String> lines, int vocabSize, int numThreads) {
        UnigramTrainerConfig config =
                UnigramTrainerConfig.builder(vocabSize).numThreads(numThreads).build();
        return new UnigramTrainer(config).train(lines.iterator());
    }

    private static List<String> pieces(SentencePieceModel vocabulary) {
        return vocabulary.pieces().stream().map(SentencePieceModel.Piece::text).toList();
    }

    private static List<Float> scores(SentencePieceModel vocabulary) {
        return vocabulary.pieces().stream().map(SentencePieceModel.Piece::score).toList();
    }

    @Test
    void theVocabularyHasExactlyTheWantedSizeAndNoPieceTwice() {
        List<String> lines = MadeUpText.lines(SEED, 500);
        for (int vocabSize : new int[] {60, 100, 257, 400}) {
            List<String> pieces = pieces(train(lines, vocabSize, 2));
            assertThat(pieces).hasSize(vocabSize);
            assertThat(new HashSet<>(pieces)).hasSize(vocabSize);
        }
    }

    @Test
    void specialPiecesComeFirstInAlbertsOrder() {
        SentencePieceModel vocabulary = train(MadeUpText.lines(SEED, 500), 200, 2);
        assertThat(pieces(vocabulary).subList(0, 13))
                .containsExactly("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "(", ")", "\"", "-", ".", "–", "£", "€");
        assertThat(scores(vocabulary).subList(0, 13)).containsOnly(0f);
    }

    @Test
    void theFileHoldsThePiecesTheirTypesAndARuleForTabs(@TempDir Path directory) throws IOException {
        SentencePieceModel vocabulary = train(MadeUpText.lines(SEED, 500), 200, 2);
        Path file = directory.resolve("spiece.model");
        vocabulary.write(file);
        SentencePieceModel read = SentencePieceModel.read(file);
        assertThat(read.pieces()).isEqualTo(vocabulary.pieces());
        assertThat(read.pieces().stream().map(SentencePieceModel.Piece::type).distinct())
                .containsExactly(Type.CONTROL, Type.UNKNOWN, Type.USER_DEFINED, Type.NORMAL);
    }

    @Test
    void learntPiecesAreOrderedByScoreAndHoldEveryCharacter() {
        SentencePieceModel vocabulary = train(MadeUpText.lines(SEED, 500), 200, 2);
        List<Float> scores = scores(vocabulary).subList(13, 200);
        List<Float> sorted = new ArrayList<>(scores);
        sorted.sort(Collections.reverseOrder());
        assertThat(scores).isEqualTo(sorted).allMatch(score -> score < 0);
        assertThat(pieces(vocabulary)).contains("▁", "▁the", ",", "a", "z", "e", "0", "9");
    }

    @Test
    void noPieceHoldsASymbolASpaceInsideOrTwoScripts() {
        List<String> pieces = pieces(train(MadeUpText.lines(SEED, 500), 400, 2)).subList(13, 400);
        assertThat(pieces)
                .noneMatch(piece -> piece.matches(".*[()\".€–£-].*"))
                .noneMatch(piece -> piece.indexOf('▁') > 0)
                .noneMatch(piece -> piece.matches(".*\\p{L}.*") && piece.matches(".*[\\p{N},].*"))
                .noneMatch(piece -> piece.length() > 16)
                .noneMatch(piece -> piece.matches(".*(\\p{Lu}|\\p{M}|é).*"));
    }

    @Test
    void theResultDoesNotDependOnThreadsOrTheOrderOfLines() {
        List<String> lines = MadeUpText.lines(SEED, 2000);
        SentencePieceModel one = train(lines, 300, 1);
        List<String> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(SEED));
        for (SentencePieceModel other : List.of(train(lines, 300, 3), train(lines, 300, 8), train(shuffled, 300, 2))) {
            assertThat(pieces(other)).isEqualTo(pieces(one));
            assertThat(scores(other)).isEqualTo(scores(one));
        }
    }

    @Test
    void aCorpusTooSmallForTheVocabularyTellsTheMostPossible() {
        List<String> lines = MadeUpText.lines(SEED, 30);
        assertThatThrownBy(() -> train(lines, 20_000, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("vocabSize 20000 is too large for this corpus: at most \\d+ is possible")
                .satisfies(e -> {
                    int most = Integer.parseInt(String.valueOf(e.getMessage()).replaceAll(".*at most (\\d+) .*", "$1"));
                    assertThat(train(lines, most, 2).pieces()).hasSize(most);
                    assertThatThrownBy(() -> train(lines, most + 1, 2)).hasMessageContaining("at most " + most + " is");
                });
    }

    @Test
    void aVocabularyTooSmallForTheCharactersTellsHowManyAreNeeded() {
        assertThatThrownBy(() -> train(List.of("abc abd"), 17, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vocabSize 17 is too small: 18 pieces are needed for the special pieces and the characters"
                        + " alone");
    }

    @Test
    void anEmptyCorpusIsRefused() {
        for (List<String> lines : List.of(List.<String>of(), List.of(""), List.of(" \t", "\u00a0"))) {
            assertThatThrownBy(() -> train(lines, 100, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the corpus is empty: no line holds anything but white space");
        }
    }

    @Test
    void oddTextDoesNoHarm() {
        List<String> lines = new ArrayList<>(MadeUpText.lines(SEED, 300));
        lines.add("\ud800 \udc00x \0\u0001 ▁▁ \uffff 😀😀 ((((( \u0301");
        lines.add("ab".repeat(100_000));
        lines.add("中文".repeat(5000) + "ひらカタ ー");
        assertThat(train(lines, 200, 2).pieces()).hasSize(200);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        UnigramTrainerConfig.Builder builder = UnigramTrainerConfig.builder(100);
        assertThatThrownBy(() -> UnigramTrainerConfig.builder(13).build())
                .hasMessage("vocabSize 13 must be above the 13 special and user-defined pieces");
        assertThatThrownBy(() -> builder.characterCoverage(0.5).build())
                .hasMessage("characterCoverage 0.5 is not between 0.98 and 1.0");
        assertThatThrownBy(() -> UnigramTrainerConfig.builder(100).numThreads(0).build())
                .hasMessage("numThreads 0 is not between 1 and 128");
        assertThatThrownBy(() -> UnigramTrainerConfig.builder(100)
                        .userDefinedSymbols(List.of("a", "[SEP]"))
                        .build())
                .hasMessage("user-defined symbol [SEP] is defined twice");
    }

    @Test
    void digammaIsTheDerivativeOfLogGamma() {
        assertThat(UnigramTrainer.digamma(1)).isCloseTo(-0.5772156649015329, within(1e-9));
        assertThat(UnigramTrainer.digamma(0.5)).isCloseTo(-1.9635100260214235, within(1e-9));
        assertThat(UnigramTrainer.digamma(1e6)).isCloseTo(Math.log(1e6) - 0.5e-6, within(1e-9));
    }
}
