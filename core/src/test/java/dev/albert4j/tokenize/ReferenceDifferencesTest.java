package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.tokenize.SentencePieceModel.Piece;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where google-research and Hugging Face cut text differently: rows of docs/fidelity.md that no other test pins. */
class ReferenceDifferencesTest {
    @TempDir
    Path directory;

    /** The pieces that Google's tokenizer would find. */
    private List<String> unigram(String text, Object... textsAndScores) throws IOException {
        List<Piece> pieces = UnigramModels.pieces(textsAndScores);
        Path file = directory.resolve("spiece.model");
        SentencePieceModel.of(pieces).write(file);
        Tokenizer tokenizer = Tokenizer.load(file);
        List<String> tokens = new ArrayList<>();
        for (int id : tokenizer
                .encode(text, null, EncodingOptions.DEFAULT.withSpecialTokens(false))
                .ids()) {
            tokens.add(tokenizer.vocabulary().token(id));
        }
        return tokens;
    }

    @Test
    void doubledQuotesStayAsTheyAreTyped() throws IOException {
        assertThat(unigram("``a''", "▁", -3, "▁`", -4, "`", -4, "'", -4, "\"", -4, "a", -4))
                .containsExactly("▁`", "`", "a", "'", "'");
    }

    @Test
    void marksOfCombiningClassZeroAreKept() throws IOException {
        // a variation selector, the keycap's enclosing mark and an Indic vowel sign; the acute accent has class 230
        assertThat(unigram("a\uFE0Fa\u20E3a\u093Ea\u0301", "▁a", -3, "a", -4, "\uFE0F", -5, "\u20E3", -5, "\u093E", -5))
                .containsExactly("▁a", "\uFE0F", "a", "\u20E3", "a", "\u093E", "a");
    }

    @Test
    void controlsThatPythonSplitsAtPartWords() throws IOException {
        assertThat(unigram("a\u000Ba\u001Ca\u001Fa\u0085a", "▁a", -3, "a", -4))
                .containsExactly("▁a", "▁a", "▁a", "▁a", "▁a");
    }

    @Test
    void aTypedMarkIsOneMoreMark() throws IOException {
        // Hugging Face puts no mark before a word that begins with one: ▁a ▁ ▁a
        assertThat(unigram("▁a ▁ a", "▁", -3, "▁a", -3, "a", -9)).containsExactly("▁", "▁a", "▁", "▁", "▁a");
    }

    @Test
    void wordPieceLowersLettersOneByOneWithoutAFinalSigma() {
        assertThat(BertNormalization.UNCASED.apply('Σ')).isEqualTo("σ");
    }
}
