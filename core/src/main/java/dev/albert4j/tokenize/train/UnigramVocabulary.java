package dev.albert4j.tokenize.train;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A trained vocabulary. Immutable and thread-safe. */
public final class UnigramVocabulary {
    private static final int UNKNOWN = 2; // ModelProto.SentencePiece.Type
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int NORMAL = 1;

    private final UnigramTrainerConfig config;
    private final List<UnigramPiece> pieces;

    UnigramVocabulary(UnigramTrainerConfig config, List<UnigramPiece> learnt) {
        this.config = config;
        pieces = new ArrayList<>();
        UnigramTrainerConfig.SPECIAL_PIECES.forEach(piece -> pieces.add(new UnigramPiece(piece, 0)));
        config.userDefinedSymbols().forEach(piece -> pieces.add(new UnigramPiece(piece, 0)));
        pieces.addAll(learnt);
    }

    /** V. */
    public int size() {
        return pieces.size();
    }

    /** The piece of an id. */
    public String piece(int id) {
        return pieces.get(id).text();
    }

    /** The score of an id: a log probability, 0 for special and user-defined pieces. */
    public float score(int id) {
        return pieces.get(id).score();
    }

    /** Writes SentencePiece's file, {@code spiece.model}. */
    public void write(Path file) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".tmp");
        Files.write(aside, bytes());
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private byte[] bytes() {
        return message(model -> {
            for (int id = 0; id < pieces.size(); id++) {
                UnigramPiece piece = pieces.get(id);
                int type = type(id);
                byte[] bytes = message(out -> {
                    out.writeString(1, piece.text());
                    out.writeFloat(2, piece.score());
                    if (type != NORMAL) {
                        out.writeEnum(3, type);
                    }
                });
                model.writeByteArray(1, bytes);
            }
            model.writeByteArray(2, message(this::writeTrainerSpec));
            model.writeByteArray(3, message(UnigramVocabulary::writeNormalizerSpec));
        });
    }

    private int type(int id) {
        if (id == 1) {
            return UNKNOWN;
        }
        int numSpecial = UnigramTrainerConfig.SPECIAL_PIECES.size();
        return id < numSpecial ? CONTROL : id < config.numMetaPieces() ? USER_DEFINED : NORMAL;
    }

    private void writeTrainerSpec(CodedOutputStream out) throws IOException {
        out.writeEnum(3, 1); // model_type UNIGRAM
        out.writeInt32(4, pieces.size());
        out.writeFloat(10, (float) config.characterCoverage());
        for (String piece : UnigramTrainerConfig.SPECIAL_PIECES.subList(2, 5)) {
            out.writeString(30, piece);
        }
        for (String symbol : config.userDefinedSymbols()) {
            out.writeString(31, symbol);
        }
        out.writeInt32(40, 1); // unk_id
        out.writeInt32(41, -1); // bos_id
        out.writeInt32(42, -1); // eos_id
        out.writeInt32(43, 0); // pad_id
    }

    private static void writeNormalizerSpec(CodedOutputStream out) throws IOException {
        out.writeString(1, "user_defined");
        out.writeByteArray(2, tabRule());
    }

    /**
     * A {@code precompiled_charsmap} with one rule, tab to space: Hugging Face's AlbertTokenizer cannot read an empty one.
     * It is the size of a double-array trie of 256 units, the trie, and the replacements.
     */
    private static byte[] tabRule() {
        int leaf = 0x10;
        int tab = 1 ^ '\t'; // where the root's offset 1 leads with a tab
        ByteBuffer map = ByteBuffer.allocate(4 + 4 * 256 + 2).order(ByteOrder.LITTLE_ENDIAN);
        map.putInt(4 * 256);
        map.putInt(4, 1 << 10); // the root: offset 1
        map.putInt(4 + 4, 0xFF); // a label that no byte leading here has
        map.putInt(4 + 4 * tab, (tab ^ leaf) << 10 | 1 << 8 | '\t'); // offset to the leaf, has a leaf, label
        map.putInt(4 + 4 * leaf, 1 << 31); // the replacement at 0
        map.put(4 + 4 * 256, (byte) ' ');
        return map.array();
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
