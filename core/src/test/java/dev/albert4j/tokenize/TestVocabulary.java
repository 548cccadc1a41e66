package dev.albert4j.tokenize;

import java.util.List;
import java.util.stream.IntStream;

/** A small WordPiece vocabulary for tests. */
final class TestVocabulary {
    static final List<String> TOKENS = List.of(
            "[PAD]",
            "[UNK]",
            "[CLS]",
            "[SEP]",
            "[MASK]",
            "[",
            "]",
            "a",
            "b",
            "ab",
            "##a",
            "##b",
            "##ab",
            "film",
            "##s",
            "fine",
            "un",
            "##believ",
            "##able",
            "mask",
            "cls",
            "sep",
            "i",
            "s",
            "e",
            "##e",
            "ss",
            "##ß",
            "中",
            "国",
            "人",
            "##人",
            ".",
            ",",
            "!",
            "<",
            "pad",
            "unk",
            ">",
            "1",
            "##2",
            "##3");

    private TestVocabulary() {}

    static Tokenizer tokenizer() {
        return new Tokenizer(segmenter());
    }

    static WordPieceSegmenter segmenter() {
        return new WordPieceSegmenter(new Vocabulary(TOKENS, "[PAD]", "[UNK]"), BertNormalization.UNCASED);
    }

    /** The tokens of an encoding with their offsets, "token begin-end". */
    static List<String> describe(Tokenizer tokenizer, Encoding encoding) {
        return IntStream.range(0, encoding.length())
                .mapToObj(i ->
                        tokenizer.vocabulary().token(encoding.id(i)) + " " + encoding.begin(i) + "-" + encoding.end(i))
                .toList();
    }
}
