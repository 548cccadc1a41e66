package dev.albert4j.tokenize;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the protocol buffer of a SentencePiece model without generated code: the fields that decide how text is cut.
 * Everything else is skipped. Memory is bounded by the size of the bytes. For one reading by one thread.
 */
final class SentencePieceReader {
    // ModelProto
    static final int MODEL_PIECES = 1;
    static final int MODEL_TRAINER = 2;
    static final int MODEL_NORMALIZER = 3;
    // ModelProto.SentencePiece
    static final int PIECE_TEXT = 1;
    static final int PIECE_SCORE = 2;
    static final int PIECE_TYPE = 3;
    // TrainerSpec
    static final int TRAINER_MODEL_TYPE = 3;
    static final int TRAINER_VOCAB_SIZE = 4;
    static final int TRAINER_TREAT_WHITESPACE_AS_SUFFIX = 24;
    static final int TRAINER_CONTROL_SYMBOLS = 30;
    static final int TRAINER_USER_DEFINED_SYMBOLS = 31;
    static final int TRAINER_BYTE_FALLBACK = 35;
    static final int TRAINER_UNK_ID = 40;
    static final int TRAINER_BOS_ID = 41;
    static final int TRAINER_EOS_ID = 42;
    static final int TRAINER_PAD_ID = 43;
    static final int TRAINER_UNK_PIECE = 45;
    static final int TRAINER_PAD_PIECE = 48;
    /** TrainerSpec.ModelType. */
    static final int UNIGRAM = 1;
    // NormalizerSpec
    static final int NORMALIZER_NAME = 1;
    static final int NORMALIZER_CHARS_MAP = 2;
    static final int NORMALIZER_ADD_DUMMY_PREFIX = 3;
    static final int NORMALIZER_REMOVE_EXTRA_WHITESPACES = 4;
    static final int NORMALIZER_ESCAPE_WHITESPACES = 5;

    private final List<SentencePieceModel.Piece> pieces = new ArrayList<>();
    private ByteString charsMap = ByteString.EMPTY;
    private boolean addDummyPrefix = true;
    private boolean removeExtraWhitespaces = true;
    private boolean escapeWhitespaces = true;

    List<SentencePieceModel.Piece> pieces() {
        return pieces;
    }

    SentencePieceModel.NormalizerSpec normalizer() {
        return new SentencePieceModel.NormalizerSpec(
                charsMap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces);
    }

    /** One level of nested messages: called for each field until it has read or skipped it. */
    private interface Field {
        void read(int number, int wireType, CodedInputStream in) throws IOException;
    }

    /**
     * Reads a whole model.
     *
     * @throws IOException if the bytes are no protocol buffer
     * @throws IllegalArgumentException if they hold something this library cannot follow
     */
    void read(byte[] bytes) throws IOException {
        readFields(CodedInputStream.newInstance(bytes), this::readModelField);
    }

    private static void readFields(CodedInputStream in, Field field) throws IOException {
        while (true) {
            int tag = in.readTag();
            if (tag == 0) {
                return;
            }
            field.read(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag), in);
        }
    }

    private static void readMessage(CodedInputStream in, int wireType, Field field) throws IOException {
        expect(wireType, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        int limit = in.pushLimit(in.readRawVarint32());
        readFields(in, field);
        in.checkLastTagWas(0);
        if (in.getBytesUntilLimit() != 0) {
            throw new InvalidProtocolBufferException("a message ends before its length");
        }
        in.popLimit(limit);
    }

    private static void expect(int wireType, int expected) throws IOException {
        if (wireType != expected) {
            throw new InvalidProtocolBufferException("a field has wire type " + wireType + ", not " + expected);
        }
    }

    private static void skip(int number, int wireType, CodedInputStream in) throws IOException {
        in.skipField(number << 3 | wireType);
    }

    private void readModelField(int number, int wireType, CodedInputStream in) throws IOException {
        switch (number) {
            case MODEL_PIECES -> readPiece(in, wireType);
            case MODEL_TRAINER -> readMessage(in, wireType, this::readTrainerField);
            case MODEL_NORMALIZER -> readMessage(in, wireType, this::readNormalizerField);
            default -> skip(number, wireType, in);
        }
    }

    private void readPiece(CodedInputStream in, int wireType) throws IOException {
        PieceFields piece = new PieceFields();
        readMessage(in, wireType, piece);
        SentencePieceModel.Type[] types = SentencePieceModel.Type.values();
        if (piece.type < 1 || piece.type > types.length) {
            throw new IllegalArgumentException(
                    "piece " + pieces.size() + " has the type " + piece.type + ", allowed are 1 to " + types.length);
        }
        pieces.add(new SentencePieceModel.Piece(piece.text, piece.score, types[piece.type - 1]));
    }

    /** The fields of one piece. */
    private static final class PieceFields implements Field {
        private String text = "";
        private float score;
        private int type = 1;

        @Override
        public void read(int number, int wireType, CodedInputStream in) throws IOException {
            switch (number) {
                case PIECE_TEXT -> {
                    expect(wireType, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                    text = in.readStringRequireUtf8();
                }
                case PIECE_SCORE -> {
                    expect(wireType, WireFormat.WIRETYPE_FIXED32);
                    score = in.readFloat();
                }
                case PIECE_TYPE -> {
                    expect(wireType, WireFormat.WIRETYPE_VARINT);
                    type = in.readEnum();
                }
                default -> skip(number, wireType, in);
            }
        }
    }

    private void readTrainerField(int number, int wireType, CodedInputStream in) throws IOException {
        switch (number) {
            case TRAINER_MODEL_TYPE -> {
                expect(wireType, WireFormat.WIRETYPE_VARINT);
                int type = in.readEnum();
                if (type != UNIGRAM) {
                    throw new IllegalArgumentException("model_type is " + type + ", only 1 (unigram) is allowed");
                }
            }
            case TRAINER_TREAT_WHITESPACE_AS_SUFFIX -> {
                if (readBool(in, wireType)) {
                    throw new IllegalArgumentException("treat_whitespace_as_suffix is true, only false is allowed");
                }
            }
            case TRAINER_BYTE_FALLBACK -> {
                if (readBool(in, wireType)) {
                    throw new IllegalArgumentException("byte_fallback is true, only false is allowed");
                }
            }
            default -> skip(number, wireType, in);
        }
    }

    private void readNormalizerField(int number, int wireType, CodedInputStream in) throws IOException {
        switch (number) {
            case NORMALIZER_CHARS_MAP -> {
                expect(wireType, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                charsMap = in.readBytes();
            }
            case NORMALIZER_ADD_DUMMY_PREFIX -> addDummyPrefix = readBool(in, wireType);
            case NORMALIZER_REMOVE_EXTRA_WHITESPACES -> removeExtraWhitespaces = readBool(in, wireType);
            case NORMALIZER_ESCAPE_WHITESPACES -> escapeWhitespaces = readBool(in, wireType);
            default -> skip(number, wireType, in);
        }
    }

    private static boolean readBool(CodedInputStream in, int wireType) throws IOException {
        expect(wireType, WireFormat.WIRETYPE_VARINT);
        return in.readBool();
    }
}
