package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerJsonTest {
    @TempDir
    Path directory;

    /** The file that Hugging Face's converter makes of a model, as far as it matters. */
    private static String json(SentencePieceModel model, boolean lowerCase) throws IOException {
        List<Object> vocabulary = new ArrayList<>();
        List<Object> added = new ArrayList<>();
        for (Piece piece : model.pieces()) {
            boolean lowered = piece.text().matches(".*\\d,");
            if (piece.type() == Type.CONTROL || piece.type() == Type.UNKNOWN) {
                added.add(Map.of("id", vocabulary.size(), "content", piece.text(), "special", true));
            }
            vocabulary.add(List.of(
                    piece.text(),
                    (piece.type() == Type.NORMAL ? (double) piece.score() : 0.0) - (lowered ? 100.0 : 0.0)));
        }
        List<Object> normalizers = new ArrayList<>(List.of(
                Map.of("type", "Replace", "pattern", Map.of("String", "``"), "content", "\""),
                Map.of("type", "NFKD"),
                Map.of("type", "StripAccents")));
        if (lowerCase) {
            normalizers.add(Map.of("type", "Lowercase"));
        }
        byte[] charsMap = model.normalizer().charsMap().toByteArray();
        if (charsMap.length > 0) {
            String base64 = Base64.getEncoder().encodeToString(charsMap);
            normalizers.add(Map.of("type", "Precompiled", "precompiled_charsmap", base64));
        }
        return new ObjectMapper()
                .writeValueAsString(Map.of(
                        "added_tokens", added,
                        "normalizer", Map.of("type", "Sequence", "normalizers", normalizers),
                        "model", Map.of("type", "Unigram", "unk_id", model.unknownId(), "vocab", vocabulary)));
    }

    private Path write(String json) throws IOException {
        return Files.writeString(directory.resolve("tokenizer.json"), json);
    }

    @Test
    void theModelIsTheOneThatWasConverted() throws IOException {
        List<Piece> pieces = UnigramModels.words();
        pieces.add(new Piece("▁2010,", -9.25f, Type.NORMAL));
        SentencePieceModel model = SentencePieceModel.of(pieces);
        TokenizerJson read = TokenizerJson.read(write(json(model, true)));
        assertThat(read.model().pieces()).isEqualTo(pieces);
        assertThat(read.rules()).isEqualTo(TextRules.DEFAULT);
        assertThat(TokenizerJson.read(write(json(model, false))).rules()).isEqualTo(new TextRules(false, false));
    }

    @Test
    void whatIsSavedIsLoadedAgain() throws IOException {
        SentencePieceModel model = SentencePieceModel.of(UnigramModels.words());
        UnigramSegmenter.loadTokenizerJson(write(json(model, true))).save(directory);
        assertThat(SentencePieceModel.read(directory.resolve("spiece.model")).pieces())
                .isEqualTo(model.pieces());
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        String good = json(SentencePieceModel.of(UnigramModels.words()), true);
        refused("{", "not JSON");
        refused("[]", "model.type");
        refused(good.replace("Unigram", "BPE"), "only \"Unigram\"");
        refused(good.replace("StripAccents", "Prepend"), "Prepend");
        refused(good.replace("\"unk_id\":1", "\"unk_id\":99999"), "0 pieces of type UNKNOWN");
        refused(good.replace("[\"▁film\",-5.0]", "[\"▁film\",null]"), "not a pair of piece and score");
        refused(good.replace("[\"▁film\",-5.0]", "[\"▁film\",-1e400]"), "score -Infinity");
    }

    private void refused(String json, String reason) throws IOException {
        Path file = write(json);
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> UnigramSegmenter.loadTokenizerJson(file))
                .withMessageContaining(reason);
    }

    @Tag("shared")
    @Test
    void albertsModelSurvivesTheConversion() throws IOException {
        SentencePieceModel model = SentencePieceModel.read(UnigramGoldenTest.spieceModel());
        TokenizerJson read = TokenizerJson.read(write(json(model, true)));
        assertThat(read.model().pieces()).isEqualTo(model.pieces());
        assertThat(read.model().normalizer()).isEqualTo(model.normalizer());
    }
}
