package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.albert4j.io.ModelFormatException;
import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceModelTest {
    @TempDir
    Path directory;

    @Test
    void aModelIsWrittenReadAndWrittenAgainByteForByte() throws IOException {
        List<Piece> pieces = UnigramModels.words();
        pieces.add(new Piece("unused", -9, Type.UNUSED));
        SentencePieceModel.of(pieces).write(directory.resolve("one"));
        SentencePieceModel read = SentencePieceModel.read(directory.resolve("one"));
        read.write(directory.resolve("two"));
        SentencePieceModel.of(read.pieces(), read.normalizer()).write(directory.resolve("three"));

        assertThat(read.pieces()).isEqualTo(pieces);
        assertThat(directory.resolve("two")).hasSameBinaryContentAs(directory.resolve("one"));
        assertThat(directory.resolve("three")).hasSameBinaryContentAs(directory.resolve("one"));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void fieldsOfOtherProgramsAreKept() throws IOException {
        Path file = directory.resolve("spiece.model");
        SentencePieceModel.of(UnigramModels.words()).write(file);
        byte[] bytes = Files.readAllBytes(file);
        byte[] extended = Arrays.copyOf(bytes, bytes.length + 4);
        byte[] unknownField = {(byte) 0xA2, 0x06, 1, 'x'}; // field 100, one byte long
        System.arraycopy(unknownField, 0, extended, bytes.length, 4);
        Files.write(file, extended);

        SentencePieceModel.read(file).write(directory.resolve("copy"));

        assertThat(directory.resolve("copy")).hasBinaryContent(extended);
    }

    @Test
    void aTruncatedFileIsRefusedOrHasFewerPieces() throws IOException {
        Path file = directory.resolve("spiece.model");
        SentencePieceModel.of(UnigramModels.words()).write(file);
        byte[] bytes = Files.readAllBytes(file);
        int numPieces = UnigramModels.words().size();
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            try {
                assertThat(SentencePieceModel.read(file).pieces().size()).isLessThanOrEqualTo(numPieces);
            } catch (ModelFormatException e) {
                assertThat(e).hasMessageStartingWith(file.toString()).hasMessageNotContaining("\n");
            }
        }
    }

    @Test
    void aDamagedFileIsReadOrRefusedButNeverFailsOtherwise() throws IOException {
        Path file = directory.resolve("spiece.model");
        SentencePieceModel.of(UnigramModels.words()).write(file);
        byte[] bytes = Files.readAllBytes(file);
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = bytes.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try {
                PieceList out = new PieceList();
                UnigramSegmenter.load(file).segment("a fine film, filming.", 0, 21, Integer.MAX_VALUE, out);
            } catch (ModelFormatException e) {
                assertThat(e).as("seed %d round %d", seed, round).hasMessageStartingWith(file.toString());
            }
        }
    }

    @Test
    void aLengthBeyondTheFileIsRefused() throws IOException {
        Path file = directory.resolve("spiece.model");
        Files.write(file, new byte[] {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 1, 2, 3});
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> SentencePieceModel.read(file))
                .withMessageContaining("not a SentencePiece unigram model");
    }

    @Test
    void badPiecesAreRefused() {
        refused(new Piece("", -1, Type.NORMAL), "is empty");
        refused(new Piece("a\0b", -1, Type.NORMAL), "U+0000");
        refused(new Piece("new", Float.NaN, Type.NORMAL), "score NaN");
        refused(new Piece("new", Float.NEGATIVE_INFINITY, Type.NORMAL), "score -Infinity");
        refused(new Piece("▁film", -1, Type.NORMAL), "defined twice");
        refused(new Piece("[CLS]", -1, Type.CONTROL), "defined twice");
        refused(new Piece("<unk2>", -1, Type.UNKNOWN), "2 pieces of type UNKNOWN");
        refused(new Piece("x".repeat(8000), -1, Type.NORMAL), "8000 bytes or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SentencePieceModel.of(List.of()))
                .withMessageContaining("0 pieces of type UNKNOWN");
    }

    private static void refused(Piece piece, String reason) {
        List<Piece> pieces = UnigramModels.words();
        pieces.add(piece);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SentencePieceModel.of(pieces))
                .withMessageContaining(reason);
    }

    @Test
    void aModelWithoutAlbertsSpecialPiecesIsRefused() throws IOException {
        Path file = directory.resolve("spiece.model");
        SentencePieceModel.of(List.of(new Piece("<unk>", 0, Type.UNKNOWN), new Piece("a", -1, Type.NORMAL)))
                .write(file);
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> UnigramSegmenter.load(file))
                .withMessageContaining("<pad>");
    }
}
