package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.albert4j.io.JsonFile;
import dev.albert4j.tokenize.SentencePieceModel.NormalizerSpec;
import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerJsonWriterTest {
    @TempDir
    Path directory;

    private JsonNode save(List<Piece> pieces, String config) throws IOException {
        Path source = Files.createDirectories(directory.resolve("source"));
        SentencePieceModel.of(pieces).write(source.resolve("spiece.model"));
        Files.writeString(source.resolve("tokenizer_config.json"), config);
        Tokenizer.load(source).save(directory);
        return JsonFile.read(directory.resolve("tokenizer.json"));
    }

    private static List<String> types(JsonNode steps) {
        return StreamSupport.stream(steps.spliterator(), false)
                .map(step -> step.path("type").asText())
                .toList();
    }

    @Test
    void onlySpecialTokensAreAddedTokensAndSymbolsAreOrdinaryPieces() throws IOException {
        JsonNode json = save(UnigramModels.words(), "{}");
        assertThat(StreamSupport.stream(json.get("added_tokens").spliterator(), false))
                .extracting(token -> token.path("content").asText() + token.path("lstrip"))
                .containsExactly("<pad>false", "<unk>false", "[CLS]false", "[SEP]false", "[MASK]true");
        assertThat(json.at("/model/vocab").toString()).contains("[\".\",0.0]");
        assertThat(json.at("/model/unk_id").asInt()).isEqualTo(1);
    }

    @Test
    void huggingFaceIsAskedForTypeIds() throws IOException {
        save(UnigramModels.words(), "{}");
        assertThat(JsonFile.read(directory.resolve("tokenizer_config.json")).get("model_input_names"))
                .hasToString("[\"input_ids\",\"token_type_ids\",\"attention_mask\"]");
    }

    @Test
    void scoresOfPiecesThatEndInDigitAndCommaAreLoweredByAHundred() throws IOException {
        List<Piece> pieces = UnigramModels.pieces("▁", -3, "▁2010,", -9.25, ",", -3, "a,", -4);
        JsonNode vocabulary = save(pieces, "{}").at("/model/vocab");
        assertThat(vocabulary.get(6).toString()).isEqualTo("[\"▁2010,\",-109.25]");
        assertThat(vocabulary.get(7).get(1).asDouble()).isEqualTo(-3);
        assertThat(vocabulary.get(8).get(1).asDouble()).isEqualTo(-4);
        assertThat(TokenizerJson.read(directory.resolve("tokenizer.json"))
                        .model()
                        .pieces())
                .isEqualTo(pieces);
    }

    @Test
    void theStepsAreThoseOfThePublishedFile() throws IOException {
        JsonNode json = save(UnigramModels.words(), "{}");
        assertThat(types(json.at("/normalizer/normalizers")))
                .containsExactly("Replace", "Replace", "NFKD", "StripAccents", "Lowercase", "Precompiled");
        assertThat(types(json.at("/pre_tokenizer/pretokenizers"))).containsExactly("WhitespaceSplit", "Metaspace");
        assertThat(json.at("/decoder/prepend_scheme").asText()).isEqualTo("always");
        assertThat(json.at("/post_processor/special_tokens/[SEP]/ids/0").asInt())
                .isEqualTo(3);
        JsonNode cased = save(UnigramModels.words(), "{\"do_lower_case\":false,\"keep_accents\":true}");
        assertThat(types(cased.at("/normalizer/normalizers"))).containsExactly("Replace", "Replace", "Precompiled");
    }

    @Test
    void aSavedTokenizerIsTheSameFromEitherFile() throws IOException {
        save(UnigramModels.words(), "{\"do_lower_case\":false}");
        assertThat(JsonFile.read(directory.resolve("tokenizer_config.json")).toString())
                .contains(
                        "\"tokenizer_class\":\"AlbertTokenizer\"",
                        "\"do_lower_case\":false",
                        "\"pad_token\":\"<pad>\"");
        String text = "A fine film<br>, FILMING q.";
        Encoding expected = Tokenizer.load(directory).encode(text);
        Files.delete(directory.resolve("spiece.model"));
        assertThat(Tokenizer.load(directory).encode(text).ids()).isEqualTo(expected.ids());
    }

    @Test
    void ofBothFilesTheSentencePieceModelCounts() throws IOException {
        save(UnigramModels.words(), "{}");
        Files.writeString(directory.resolve("tokenizer.json"), "{}");
        assertThat(Tokenizer.load(directory).encode("a film").length()).isEqualTo(4);
    }

    @Test
    void aModelThatHuggingFaceCannotExpressIsWrittenWithoutTheFile() throws IOException {
        Path source = directory.resolve("spiece.model");
        NormalizerSpec suffixes = new NormalizerSpec(ByteString.EMPTY, false, true, true);
        SentencePieceModel.of(UnigramModels.words(), suffixes).write(source);
        UnigramSegmenter.load(source).save(directory.resolve("out"));
        assertThat(directory.resolve("out").toFile().list())
                .containsExactlyInAnyOrder("spiece.model", "tokenizer_config.json");
        List<Piece> pieces = UnigramModels.words();
        pieces.add(new Piece("unused", -3, Type.UNUSED));
        assertThat(TokenizerJsonWriter.canExpress(SentencePieceModel.of(pieces)))
                .isFalse();
    }

    @Tag("shared")
    @Test
    void albertsModelSurvivesTheWayThroughTheFile() throws IOException {
        SentencePieceModel model = SentencePieceModel.read(UnigramGoldenTest.spieceModel());
        UnigramSegmenter.load(UnigramGoldenTest.spieceModel()).save(directory);
        TokenizerJson read = TokenizerJson.read(directory.resolve("tokenizer.json"));
        assertThat(read.model().pieces()).isEqualTo(model.pieces());
        assertThat(read.model().normalizer()).isEqualTo(model.normalizer());
    }
}
