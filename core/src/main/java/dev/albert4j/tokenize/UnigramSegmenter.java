package dev.albert4j.tokenize;

import java.io.IOException;
import java.nio.file.Path;

/** Stands where the SentencePiece unigram segmenter will be. */
final class UnigramSegmenter {
    private UnigramSegmenter() {}

    static Segmenter load(Path spieceModel) throws IOException {
        throw new IOException(spieceModel + ": unigram models are not read yet");
    }

    static Segmenter loadTokenizerJson(Path tokenizerJson) throws IOException {
        throw new IOException(tokenizerJson + ": unigram models are not read yet");
    }
}
