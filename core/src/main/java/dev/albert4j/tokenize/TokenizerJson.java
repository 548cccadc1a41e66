package dev.albert4j.tokenize;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.tokenize.SentencePieceModel.NormalizerSpec;
import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The unigram model in a Hugging Face {@code tokenizer.json}, turned back into the SentencePiece model it was converted from
 * (transformers, {@code convert_slow_tokenizer.py}, {@code AlbertConverter}).
 *
 * @param model the model
 * @param rules how text is prepared
 */
record TokenizerJson(SentencePieceModel model, TextRules rules) {
    /** What the converter takes off the score of every piece that ends in digit and comma, in place of Google's rule. */
    static final double DIGIT_COMMA_PENALTY = 100;

    private static final long MAX_FILE_BYTES = 256L << 20;

    static TokenizerJson read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new ModelFormatException(file, size + " bytes are more than the " + MAX_FILE_BYTES + " allowed");
        }
        try {
            return parse(new ObjectMapper().readTree(Files.readAllBytes(file)));
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static TokenizerJson parse(JsonNode root) {
        JsonNode model = root.path("model");
        if (!model.path("type").asText().equals("Unigram")) {
            throw new IllegalArgumentException("model.type is " + model.path("type") + ", only \"Unigram\" is allowed");
        }
        if (model.path("byte_fallback").asBoolean()) {
            throw new IllegalArgumentException("model.byte_fallback is true, only false is allowed");
        }
        Steps steps = new Steps();
        steps.read(root.path("normalizer"));
        NormalizerSpec spec = new NormalizerSpec(steps.charsMap, true, true, true);
        List<Piece> pieces = pieces(model, specialIds(root.path("added_tokens")));
        return new TokenizerJson(
                SentencePieceModel.of(pieces, spec), new TextRules(steps.lowerCase, !steps.stripAccents));
    }

    /** What a normalizer or a sequence of them does. */
    private static final class Steps {
        private boolean lowerCase;
        private boolean stripAccents;
        private ByteString charsMap = ByteString.EMPTY;

        void read(JsonNode normalizer) {
            switch (normalizer.path("type").asText()) {
                case "Sequence" -> normalizer.path("normalizers").forEach(this::read);
                case "Lowercase" -> lowerCase = true;
                case "StripAccents" -> stripAccents = true;
                case "Precompiled" -> charsMap = charsMap(normalizer.path("precompiled_charsmap"));
                case "NFKD",
                        "Replace" -> {} // part of the others; quotes and spaces are treated as google-research does
                default ->
                    throw new IllegalArgumentException("the normalizer " + normalizer.path("type")
                            + " is not one of Sequence, Replace, NFKD, StripAccents, Lowercase, Precompiled");
            }
        }

        private static ByteString charsMap(JsonNode base64) {
            if (!base64.isTextual()) {
                throw new IllegalArgumentException("precompiled_charsmap is not a string");
            }
            try {
                return ByteString.copyFrom(base64.binaryValue());
            } catch (IOException e) {
                throw new IllegalArgumentException("precompiled_charsmap is not base64: " + e.getMessage(), e);
            }
        }
    }

    private static Set<Integer> specialIds(JsonNode addedTokens) {
        Set<Integer> ids = new HashSet<>();
        for (JsonNode token : addedTokens) {
            if (token.path("special").asBoolean()) {
                ids.add(token.path("id").asInt(-1));
            }
        }
        return ids;
    }

    private static List<Piece> pieces(JsonNode model, Set<Integer> specialIds) {
        JsonNode vocabulary = model.path("vocab");
        int unknownId = model.path("unk_id").asInt(-1);
        double lowest = lowestOfOthers(vocabulary);
        List<Piece> pieces = new ArrayList<>(vocabulary.size());
        for (JsonNode entry : vocabulary) {
            int id = pieces.size();
            if (!entry.path(0).isTextual() || !entry.path(1).isNumber()) {
                throw new IllegalArgumentException("model.vocab[" + id + "] is not a pair of piece and score");
            }
            String text = entry.get(0).asText();
            double score = entry.get(1).asDouble();
            if (UnigramPieces.endsInDigitAndComma(text) && score < lowest) {
                score += DIGIT_COMMA_PENALTY;
            }
            pieces.add(new Piece(text, (float) score, type(id, score, unknownId, specialIds)));
        }
        return pieces;
    }

    private static double lowestOfOthers(JsonNode vocabulary) {
        double lowest = 0;
        for (JsonNode entry : vocabulary) {
            if (!UnigramPieces.endsInDigitAndComma(entry.path(0).asText())) {
                lowest = Math.min(lowest, entry.path(1).asDouble());
            }
        }
        return lowest;
    }

    /** The file does not say which pieces are user-defined, but only they have the score 0: others are logarithms. */
    private static Type type(int id, double score, int unknownId, Set<Integer> specialIds) {
        if (id == unknownId) {
            return Type.UNKNOWN;
        }
        if (specialIds.contains(id)) {
            return Type.CONTROL;
        }
        return score == 0 ? Type.USER_DEFINED : Type.NORMAL;
    }
}
