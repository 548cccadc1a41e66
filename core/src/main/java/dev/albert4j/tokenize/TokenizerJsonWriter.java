package dev.albert4j.tokenize;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.WholeFile;
import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a unigram model as Hugging Face's {@code tokenizer.json}, with the steps and values of the one published with
 * albert-base-v2. Without it, AlbertTokenizer 5 reads {@code spiece.model} and takes every user-defined piece for an added
 * token, which changes the ids of ordinary text. {@link TokenizerJson} reads it.
 *
 * <p>Google's rule for pieces that end in digit and comma cannot be expressed; as in the published file, their scores are
 * lowered instead, so that none is chosen.
 */
final class TokenizerJsonWriter {
    private static final String MARK = Character.toString(UnigramPieces.MARK);

    private final SentencePieceModel model;
    private final TextRules rules;
    private final Vocabulary vocabulary;
    private final JsonGenerator json;

    private TokenizerJsonWriter(SentencePieceModel model, TextRules rules, Vocabulary vocabulary, JsonGenerator json) {
        this.model = model;
        this.rules = rules;
        this.vocabulary = vocabulary;
        this.json = json;
    }

    /** Whether the steps of Hugging Face's tokenizer can do what SentencePiece does with this model. */
    static boolean canExpress(SentencePieceModel model) {
        SentencePieceModel.NormalizerSpec spec = model.normalizer();
        return spec.addDummyPrefix()
                && spec.removeExtraWhitespaces()
                && spec.escapeWhitespaces()
                && model.pieces().stream().noneMatch(piece -> piece.type() == Type.UNUSED);
    }

    /** Writes the file, on one line: whole or not at all. */
    static void write(Path file, SentencePieceModel model, TextRules rules, Vocabulary vocabulary) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new ObjectMapper().createGenerator(bytes)) {
            new TokenizerJsonWriter(model, rules, vocabulary, json).write();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
        WholeFile.write(file, channel -> {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        });
    }

    private void write() throws IOException {
        json.writeStartObject();
        json.writeStringField("version", "1.0");
        json.writeNullField("truncation");
        json.writeNullField("padding");
        writeAddedTokens();
        writeNormalizer();
        writePreTokenizer();
        writePostProcessor();
        json.writeFieldName("decoder");
        writeMetaspace();
        writeModel();
        json.writeEndObject();
    }

    private void writeAddedTokens() throws IOException {
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < model.pieces().size(); id++) {
            Type type = model.pieces().get(id).type();
            if (!vocabulary.isSpecial(id) && type != Type.CONTROL) {
                continue;
            }
            json.writeStartObject();
            json.writeNumberField("id", id);
            json.writeStringField("content", vocabulary.token(id));
            json.writeBooleanField("single_word", false);
            json.writeBooleanField("lstrip", id == vocabulary.maskId());
            json.writeBooleanField("rstrip", false);
            json.writeBooleanField("normalized", false);
            json.writeBooleanField("special", true);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeNormalizer() throws IOException {
        json.writeObjectFieldStart("normalizer");
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("normalizers");
        for (String quotes : List.of("``", "''")) {
            json.writeStartObject();
            json.writeStringField("type", "Replace");
            json.writeObjectFieldStart("pattern");
            json.writeStringField("String", quotes);
            json.writeEndObject();
            json.writeStringField("content", "\"");
            json.writeEndObject();
        }
        List<String> steps = Stream.of(
                        rules.keepAccents() ? "" : "NFKD",
                        rules.keepAccents() ? "" : "StripAccents",
                        rules.lowerCase() ? "Lowercase" : "")
                .filter(step -> !step.isEmpty())
                .toList();
        for (String step : steps) {
            json.writeStartObject();
            json.writeStringField("type", step);
            json.writeEndObject();
        }
        byte[] charsMap = model.normalizer().charsMap().toByteArray();
        if (charsMap.length > 0) {
            json.writeStartObject();
            json.writeStringField("type", "Precompiled");
            json.writeBinaryField("precompiled_charsmap", charsMap);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writePreTokenizer() throws IOException {
        json.writeObjectFieldStart("pre_tokenizer");
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("pretokenizers");
        json.writeStartObject();
        json.writeStringField("type", "WhitespaceSplit");
        json.writeEndObject();
        writeMetaspace();
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeMetaspace() throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Metaspace");
        json.writeStringField("replacement", MARK);
        json.writeStringField("prepend_scheme", "always");
        json.writeBooleanField("split", true);
        json.writeEndObject();
    }

    private void writePostProcessor() throws IOException {
        String cls = vocabulary.token(vocabulary.clsId());
        String sep = vocabulary.token(vocabulary.sepId());
        json.writeObjectFieldStart("post_processor");
        json.writeStringField("type", "TemplateProcessing");
        json.writeArrayFieldStart("single");
        writePart("SpecialToken", cls, 0);
        writePart("Sequence", "A", 0);
        writePart("SpecialToken", sep, 0);
        json.writeEndArray();
        json.writeArrayFieldStart("pair");
        writePart("SpecialToken", cls, 0);
        writePart("Sequence", "A", 0);
        writePart("SpecialToken", sep, 0);
        writePart("Sequence", "B", 1);
        writePart("SpecialToken", sep, 1);
        json.writeEndArray();
        json.writeObjectFieldStart("special_tokens");
        for (int id : new int[] {vocabulary.clsId(), vocabulary.sepId()}) {
            json.writeObjectFieldStart(vocabulary.token(id));
            json.writeStringField("id", vocabulary.token(id));
            json.writeArrayFieldStart("ids");
            json.writeNumber(id);
            json.writeEndArray();
            json.writeArrayFieldStart("tokens");
            json.writeString(vocabulary.token(id));
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writePart(String kind, String id, int typeId) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart(kind);
        json.writeStringField("id", id);
        json.writeNumberField("type_id", typeId);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeModel() throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "Unigram");
        json.writeNumberField("unk_id", model.unknownId());
        json.writeArrayFieldStart("vocab");
        for (Piece piece : model.pieces()) {
            boolean lowered = UnigramPieces.endsInDigitAndComma(piece.text());
            double score = piece.score();
            json.writeStartArray();
            json.writeString(piece.text());
            json.writeNumber(lowered ? score - TokenizerJson.DIGIT_COMMA_PENALTY : score);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeBooleanField("byte_fallback", false);
        json.writeEndObject();
    }
}
