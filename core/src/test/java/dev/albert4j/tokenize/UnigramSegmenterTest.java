package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.tokenize.SentencePieceModel.Piece;
import dev.albert4j.tokenize.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnigramSegmenterTest {
    @TempDir
    Path directory;

    private UnigramSegmenter load(List<Piece> pieces, TextRules rules) throws IOException {
        Path file = directory.resolve("spiece.model");
        SentencePieceModel.of(pieces).write(file);
        return UnigramSegmenter.load(file, rules);
    }

    private UnigramSegmenter words() throws IOException {
        return load(UnigramModels.words(), TextRules.DEFAULT);
    }

    /** The pieces of a text, each with its range: {@code ▁a 0-1 ▁film 2-6}. */
    private static String cut(Segmenter segmenter, String text) {
        PieceList list = new PieceList();
        segmenter.segment(text, 0, text.length(), Integer.MAX_VALUE, list);
        StringBuilder result = new StringBuilder();
        for (int k = 0; k < list.size; k++) {
            String piece = segmenter.vocabulary().token(list.ids[k]);
            result.append(k == 0 ? "" : " ").append(piece + " " + list.begins[k] + "-" + list.ends[k]);
        }
        return result.toString();
    }

    @Test
    void spacesAreCollapsedAndLettersLowered() throws IOException {
        assertThat(cut(words(), " \t A \n\u3000 FILM  ")).isEqualTo("▁a 3-4 ▁film 8-12");
    }

    @Test
    void nothingHasNoPieces() throws IOException {
        for (String text : List.of("", " ", "\n\u00A0\t", "\u0301\u0302", "▁", " ▁ ▁ ")) {
            assertThat(cut(words(), text)).as(text).isEmpty();
        }
    }

    @Test
    void marksAreDroppedAndCompatibleCharactersTakenApart() throws IOException {
        assertThat(cut(words(), "f\u0301ílm\u0323s")).isEqualTo("▁film 0-5 s 6-7");
        assertThat(cut(words(), "ﬁlm")).isEqualTo("▁film 0-3");
        assertThat(cut(words(), "①")).isEqualTo("▁ 0-1 <unk> 0-1");
        assertThat(cut(words(), "\uD835\uDC1Fi\uD835\uDC25m")).isEqualTo("▁film 0-6"); // mathematical bold f and l
    }

    @Test
    void aRunOfUnknownCharactersIsOnePiece() throws IOException {
        assertThat(cut(words(), "电影 q电a")).isEqualTo("▁ 0-1 <unk> 0-2 ▁ 3-4 <unk> 3-5 a 5-6");
        assertThat(cut(words(), "😀😀.")).isEqualTo("▁ 0-2 <unk> 0-4 . 4-5");
    }

    @Test
    void userDefinedPiecesAreKeptWhole() throws IOException {
        assertThat(cut(words(), "film<br>a.a")).isEqualTo("▁film 0-4 <br> 4-8 a 8-9 . 9-10 a 10-11");
    }

    @Test
    void specialPiecesInTheTextArePlainText() throws IOException {
        assertThat(cut(words(), "[SEP]")).isEqualTo("▁ 0-1 <unk> 0-1 s 1-2 e 2-3 p 3-4 <unk> 4-5");
    }

    @Test
    void loneSurrogatesAreUnknown() throws IOException {
        assertThat(cut(words(), "a\uD83D s\uDE00")).isEqualTo("▁a 0-1 <unk> 1-2 ▁ 3-4 s 3-4 <unk> 4-5");
    }

    @Test
    void onlyTheAskedRangeIsReadAndOffsetsAreThoseOfTheText() throws IOException {
        UnigramSegmenter segmenter = words();
        PieceList list = new PieceList();
        list.add(7, 1, 2);
        segmenter.segment("fine film a", 4, 9, Integer.MAX_VALUE, list);
        assertThat(list.size).isEqualTo(2);
        assertThat(segmenter.vocabulary().token(list.ids[1])).isEqualTo("▁film");
        assertThat(list.begins[1]).isEqualTo(5);
        assertThat(list.ends[1]).isEqualTo(9);
    }

    @Test
    void aPieceThatEndsInDigitAndCommaIsCutAgain() throws IOException {
        List<Piece> pieces = UnigramModels.pieces(
                "▁", -3, "▁2010,", -4, "▁2010", -6, ",", -3, "0", -5, "1", -5, "2", -5, "▁in", -4, "00,", -4);
        UnigramSegmenter segmenter = load(pieces, TextRules.DEFAULT);
        assertThat(cut(segmenter, "in 2010, 2010")).isEqualTo("▁in 0-2 ▁2010 3-7 , 7-8 ▁2010 9-13");
        // "00," has no mark: the one that encoding "00" puts before it comes off again
        assertThat(cut(segmenter, "1000,")).isEqualTo("▁ 0-1 1 0-1 0 1-2 0 2-3 0 3-4 , 4-5");
    }

    @Test
    void theMarkThatCuttingAgainAddsIsTakenOffTheFirstPiece() throws IOException {
        List<Piece> pieces = UnigramModels.pieces(
                "▁", -9, "▁50", -2, "50,", -3, "50", -6, "▁7", -3, "7,", -2, ",", -5, "5", -8, "0", -8, "x", -1);
        UnigramSegmenter segmenter = load(pieces, TextRules.DEFAULT);
        // "50" is encoded as "▁50", which becomes the piece "50"; "7" as "▁7", but there is no piece "7"
        assertThat(cut(segmenter, "x50,x7,")).isEqualTo("▁ 0-1 x 0-1 50 1-3 , 3-4 x 4-5 <unk> 5-6 , 6-7");
    }

    @Test
    void caseAndAccentsCanBeKept() throws IOException {
        List<Piece> pieces = UnigramModels.pieces("▁", -3, "É", -4, "E", -4, "é", -4, "e", -4);
        assertThat(cut(load(pieces, new TextRules(false, true)), "Éé")).isEqualTo("▁ 0-1 É 0-1 é 1-2");
        assertThat(cut(load(pieces, new TextRules(false, false)), "Éé")).isEqualTo("▁ 0-1 E 0-1 e 1-2");
        assertThat(cut(load(pieces, new TextRules(true, true)), "Éé")).isEqualTo("▁ 0-1 é 0-1 é 1-2");
    }

    @Test
    void theRulesAreSavedBesideTheModel() throws IOException {
        UnigramSegmenter segmenter = load(UnigramModels.words(), new TextRules(false, false));
        segmenter.save(directory);
        UnigramSegmenter loaded = UnigramSegmenter.load(directory.resolve("spiece.model"));
        assertThat(cut(loaded, "film FILM")).isEqualTo("▁film 0-4 ▁ 5-6 <unk> 5-9");
    }

    @Test
    void aSigmaAtTheEndOfAWordIsFinal() throws IOException {
        UnigramSegmenter segmenter = load(UnigramModels.pieces("▁", -3, "σ", -4, "ς", -4, "ο", -4), TextRules.DEFAULT);
        assertThat(cut(segmenter, "ΣΟΣ ΣΟΣ' Σ"))
                .isEqualTo("▁ 0-1 σ 0-1 ο 1-2 ς 2-3 ▁ 4-5 σ 4-5 ο 5-6 ς 6-7 <unk> 7-8 ▁ 9-10 σ 9-10");
    }

    @Test
    void noMorePiecesThanAskedForAreNeeded() throws IOException {
        UnigramSegmenter segmenter = words();
        String text = "a fine film, filming qq. ".repeat(2000);
        PieceList all = new PieceList();
        segmenter.segment(text, 0, text.length(), Integer.MAX_VALUE, all);
        for (int maxPieces : new int[] {0, 1, 7, 500, 5000}) {
            PieceList some = new PieceList();
            segmenter.segment(text, 0, text.length(), maxPieces, some);
            assertThat(some.size).isBetween(maxPieces, maxPieces + 600);
            for (int k = 0; k < maxPieces; k++) {
                assertThat(some.ids[k]).isEqualTo(all.ids[k]);
                assertThat(some.begins[k]).isEqualTo(all.begins[k]);
                assertThat(some.ends[k]).isEqualTo(all.ends[k]);
            }
        }
    }

    @Test
    void aVeryLongLineWithoutSpacesIsCut() throws IOException {
        UnigramSegmenter segmenter = words();
        int length = 1_000_000;
        for (String unit : List.of("filming", "i", "q", "😀", "e\u0301", "▁", "½", "Σ'", " ")) {
            String text = "a" + unit.repeat(length / unit.length());
            PieceList list = new PieceList();
            segmenter.segment(text, 0, text.length(), Integer.MAX_VALUE, list);
            assertThat(list.begins[0]).as(unit).isZero();
            assertThat(list.ends[list.size - 1])
                    .as(unit)
                    .isGreaterThan(unit.isBlank() || unit.equals("▁") ? 0 : length - 10);
        }
    }

    /** The cache of words and the stretches change nothing: a search of the whole line finds the same pieces. */
    @Test
    void randomLinesAreCutAsASearchOfTheWholeLineCutsThem() throws IOException {
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            List<Piece> pieces = randomPieces(random);
            UnigramSegmenter segmenter = load(pieces, TextRules.DEFAULT);
            for (int line = 0; line < 20; line++) {
                String text = randomText(random, random.nextInt(line % 5 == 0 ? 6000 : 300));
                PieceList list = new PieceList();
                segmenter.segment(text, 0, text.length(), Integer.MAX_VALUE, list);
                int[] expected = search(pieces, "▁" + text.replace(' ', '▁'));
                assertThat(Arrays.copyOf(list.ids, list.size))
                        .as("seed %d round %d line %d: %s", seed, round, line, text)
                        .isEqualTo(expected);
            }
        }
    }

    /** Pieces of few letters with few different scores, so that many paths are nearly as good. */
    private static List<Piece> randomPieces(Random random) {
        Map<String, Float> scores = new HashMap<>();
        for (int k = 0; k < 60; k++) {
            String piece = randomText(random, 1 + random.nextInt(4)).replace(" ", "");
            if (!piece.isEmpty()) {
                scores.put(random.nextInt(3) == 0 ? "▁" + piece : piece, -piece.length() - random.nextInt(20) / 10f);
            }
        }
        if (random.nextBoolean()) {
            scores.put("a▁b", -2f);
        }
        scores.put("▁", -1f);
        List<Piece> pieces = UnigramModels.pieces();
        scores.forEach((piece, score) -> pieces.add(new Piece(piece, score, Type.NORMAL)));
        return pieces;
    }

    private static String randomText(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            char c = "abcde ".charAt(random.nextInt(6));
            if (c != ' ' || !text.isEmpty() && text.charAt(text.length() - 1) != ' ') {
                text.append(c);
            }
        }
        return text.toString().strip();
    }

    /** The best path in floats, by strings; runs of unknown characters are one piece. */
    private static int[] search(List<Piece> pieces, String line) {
        if (line.equals("▁")) {
            return new int[0];
        }
        Map<String, Integer> ids = new HashMap<>();
        float lowest = 0;
        for (int id = 5; id < pieces.size(); id++) {
            ids.put(pieces.get(id).text(), id);
            lowest = Math.min(lowest, pieces.get(id).score());
        }
        float[] best = new float[line.length() + 1];
        int[] start = new int[line.length() + 1];
        int[] piece = new int[line.length() + 1];
        Arrays.fill(best, 1, best.length, Float.NEGATIVE_INFINITY);
        for (int begin = 0; begin < line.length(); begin++) {
            for (int end = begin + 1; end <= Math.min(line.length(), begin + 6); end++) {
                Integer id = ids.get(line.substring(begin, end));
                if (id == null && end > begin + 1) {
                    continue;
                }
                float score =
                        best[begin] + (id == null ? lowest - 10 : pieces.get(id).score());
                if (score > best[end]) {
                    best[end] = score;
                    start[end] = begin;
                    piece[end] = id == null ? 1 : id;
                }
            }
        }
        List<Integer> path = new ArrayList<>();
        for (int end = line.length(); end > 0; end = start[end]) {
            if (piece[end] != 1 || path.isEmpty() || path.get(0) != 1) {
                path.add(0, piece[end]);
            }
        }
        return path.stream().mapToInt(id -> id).toArray();
    }

    @Test
    void manyThreadsCutAsOneDoes() throws Exception {
        UnigramSegmenter segmenter = words();
        List<String> texts = new ArrayList<>();
        Random random = new Random(3);
        for (int k = 0; k < 400; k++) {
            texts.add(randomText(random, 200) + (char) (0x100 + random.nextInt(0x3000)) + " fine filming é" + k);
        }
        List<String> expected = texts.stream().map(text -> cut(segmenter, text)).toList();
        UnigramSegmenter fresh = words();
        Callable<List<String>> task =
                () -> texts.stream().map(text -> cut(fresh, text)).toList();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<List<String>> result :
                    threads.invokeAll(List.of(task, task, task, task, task, task, task, task))) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }
}
