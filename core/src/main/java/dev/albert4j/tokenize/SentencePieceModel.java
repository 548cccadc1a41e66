package dev.albert4j.tokenize;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.albert4j.io.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a SentencePiece unigram {@code .model} file: pieces with their scores, and how SentencePiece itself
 * normalises text. A model that was read is written again byte for byte. Immutable and thread-safe.
 *
 * <p>Source: sentencepiece, {@code sentencepiece_model.proto}; the rules for pieces are those of
 * {@code ModelInterface::InitializePieces}.
 */
public final class SentencePieceModel {
    /** SentencePiece refuses pieces of this many bytes. */
    private static final int MAX_PIECE_BYTES = 8000;

    private static final long MAX_FILE_BYTES = 256L << 20;

    /** Far beyond any logarithm, and small enough that sums of scores stay finite. */
    private static final float MAX_SCORE = 1e20f;

    /** What a piece is; the numbers of the file format are ordinal + 1. */
    public enum Type {
        /** An ordinary piece. */
        NORMAL,
        /** What stands for characters that no piece covers; there is exactly one. */
        UNKNOWN,
        /** A mark such as {@code [CLS]}, never found in text. */
        CONTROL,
        /** A symbol that is always kept whole. */
        USER_DEFINED,
        /** A piece that is not used. */
        UNUSED
    }

    /**
     * A piece; its id is its place in the list.
     *
     * @param text the characters, with U+2581 for a space
     * @param score the logarithm of its probability, finite
     * @param type what it is
     */
    public record Piece(String text, float score, Type type) {}

    /**
     * How SentencePiece normalises text before it cuts it.
     *
     * @param charsMap {@code precompiled_charsmap}; empty for none
     * @param addDummyPrefix whether a space is put before the text
     * @param removeExtraWhitespaces whether spaces at the ends and repeated ones are dropped
     * @param escapeWhitespaces whether spaces become U+2581
     */
    record NormalizerSpec(
            ByteString charsMap, boolean addDummyPrefix, boolean removeExtraWhitespaces, boolean escapeWhitespaces) {
        static final NormalizerSpec IDENTITY =
                new NormalizerSpec(ByteString.copyFrom(CharsMap.withoutRules()), true, true, true);
    }

    private final List<Piece> pieces; // [V]
    private final NormalizerSpec normalizer;
    private final byte[] bytes;

    private SentencePieceModel(List<Piece> pieces, NormalizerSpec normalizer, byte @Nullable [] bytes) {
        this.pieces = List.copyOf(pieces);
        this.normalizer = normalizer;
        checkPieces();
        this.bytes = bytes != null ? bytes : serialize();
    }

    /**
     * A model that normalises no characters, puts a space before the text and drops extra spaces.
     *
     * @throws IllegalArgumentException if a piece is empty, defined twice, or 8000 bytes or longer, if a score is beyond 1e20,
     *     or if there is not exactly one piece of type UNKNOWN
     */
    public static SentencePieceModel of(List<Piece> pieces) {
        return new SentencePieceModel(pieces, NormalizerSpec.IDENTITY, null);
    }

    static SentencePieceModel of(List<Piece> pieces, NormalizerSpec normalizer) {
        return new SentencePieceModel(pieces, normalizer, null);
    }

    /**
     * Reads a {@code .model} file.
     *
     * @throws ModelFormatException if it is truncated, damaged, or not a unigram model
     */
    public static SentencePieceModel read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new ModelFormatException(file, size + " bytes are more than the " + MAX_FILE_BYTES + " allowed");
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            SentencePieceReader reader = new SentencePieceReader();
            reader.read(bytes);
            return new SentencePieceModel(reader.pieces(), reader.normalizer(), bytes);
        } catch (IOException | IllegalArgumentException e) {
            throw new ModelFormatException(file, "not a SentencePiece unigram model: " + e.getMessage(), e);
        }
    }

    /** The pieces, by id. */
    public List<Piece> pieces() {
        return pieces;
    }

    /** Writes the model; the file is complete or not there. */
    public void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    NormalizerSpec normalizer() {
        return normalizer;
    }

    /** The id of the only piece of type UNKNOWN. */
    int unknownId() {
        int id = 0;
        while (pieces.get(id).type() != Type.UNKNOWN) {
            id++;
        }
        return id;
    }

    private void checkPieces() {
        Map<String, Integer> inText = new HashMap<>();
        Map<String, Integer> reserved = new HashMap<>();
        int numUnknown = 0;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            checkPiece(id, piece);
            boolean control = piece.type() == Type.CONTROL || piece.type() == Type.UNKNOWN;
            Integer first = (control ? reserved : inText).putIfAbsent(piece.text(), id);
            if (first != null) {
                throw new IllegalArgumentException(
                        "piece '" + piece.text() + "' is defined twice, as " + first + " and " + id);
            }
            numUnknown += piece.type() == Type.UNKNOWN ? 1 : 0;
        }
        if (numUnknown != 1) {
            throw new IllegalArgumentException(numUnknown + " pieces of type UNKNOWN, exactly 1 is needed");
        }
    }

    private static void checkPiece(int id, Piece piece) {
        if (piece.text().isEmpty() || piece.text().indexOf('\0') >= 0) {
            throw new IllegalArgumentException("piece " + id + " is empty or holds U+0000");
        }
        if (numBytes(piece.text()) >= MAX_PIECE_BYTES) {
            throw new IllegalArgumentException("piece " + id + " has " + MAX_PIECE_BYTES + " bytes or more");
        }
        if (!(Math.abs(piece.score()) <= MAX_SCORE)) {
            throw new IllegalArgumentException("piece " + id + " '" + piece.text() + "' has the score " + piece.score()
                    + ", allowed are -" + MAX_SCORE + " to " + MAX_SCORE);
        }
    }

    /** How many bytes of UTF-8 a piece has. */
    static int numBytes(String piece) {
        return piece.getBytes(StandardCharsets.UTF_8).length;
    }

    private byte[] serialize() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            for (Piece piece : pieces) {
                out.writeByteArray(SentencePieceReader.MODEL_PIECES, message(piece));
            }
            out.writeByteArray(SentencePieceReader.MODEL_TRAINER, trainerSpec());
            out.writeByteArray(SentencePieceReader.MODEL_NORMALIZER, normalizerSpec());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    private static byte[] message(Piece piece) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(SentencePieceReader.PIECE_TEXT, piece.text());
        out.writeFloat(SentencePieceReader.PIECE_SCORE, piece.score());
        if (piece.type() != Type.NORMAL) {
            out.writeEnum(SentencePieceReader.PIECE_TYPE, piece.type().ordinal() + 1);
        }
        out.flush();
        return bytes.toByteArray();
    }

    /** What programs look up in the trainer's settings: the kind of model and the ids of the special pieces. */
    private byte[] trainerSpec() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeEnum(SentencePieceReader.TRAINER_MODEL_TYPE, SentencePieceReader.UNIGRAM);
        out.writeInt32(SentencePieceReader.TRAINER_VOCAB_SIZE, pieces.size());
        int unknown = unknownId();
        int pad = -1;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            if (piece.type() == Type.CONTROL && piece.text().equals("<pad>")) {
                pad = id;
            } else if (piece.type() == Type.CONTROL) {
                out.writeString(SentencePieceReader.TRAINER_CONTROL_SYMBOLS, piece.text());
            } else if (piece.type() == Type.USER_DEFINED) {
                out.writeString(SentencePieceReader.TRAINER_USER_DEFINED_SYMBOLS, piece.text());
            }
        }
        out.writeInt32(SentencePieceReader.TRAINER_UNK_ID, unknown);
        out.writeInt32(SentencePieceReader.TRAINER_BOS_ID, -1);
        out.writeInt32(SentencePieceReader.TRAINER_EOS_ID, -1);
        out.writeInt32(SentencePieceReader.TRAINER_PAD_ID, pad);
        out.writeString(
                SentencePieceReader.TRAINER_UNK_PIECE, pieces.get(unknown).text());
        out.writeString(SentencePieceReader.TRAINER_PAD_PIECE, "<pad>");
        out.flush();
        return bytes.toByteArray();
    }

    private byte[] normalizerSpec() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(
                SentencePieceReader.NORMALIZER_NAME,
                normalizer.equals(NormalizerSpec.IDENTITY) ? "identity" : "user_defined");
        out.writeBytes(SentencePieceReader.NORMALIZER_CHARS_MAP, normalizer.charsMap());
        out.writeBool(SentencePieceReader.NORMALIZER_ADD_DUMMY_PREFIX, normalizer.addDummyPrefix());
        out.writeBool(SentencePieceReader.NORMALIZER_REMOVE_EXTRA_WHITESPACES, normalizer.removeExtraWhitespaces());
        out.writeBool(SentencePieceReader.NORMALIZER_ESCAPE_WHITESPACES, normalizer.escapeWhitespaces());
        out.flush();
        return bytes.toByteArray();
    }
}
