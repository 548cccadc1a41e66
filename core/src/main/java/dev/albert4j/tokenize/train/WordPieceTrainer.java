package dev.albert4j.tokenize.train;

import dev.albert4j.tokenize.Vocabulary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Trains a WordPiece vocabulary from text, as Hugging Face's {@code WordPieceTrainer} does: words begin as letters, the most
 * frequent pair of neighbours becomes a piece of its own, again and again, until there are enough pieces (byte-pair encoding
 * with marks on what continues a word). Of pairs that are equally frequent the one whose pieces are older comes first.
 *
 * <p>The text is preprocessed as BERT's uncased tokenizer does it. Memory is linear in the length of the distinct words. The
 * result does not depend on the order of the lines. Immutable and thread-safe.
 *
 * <p>Known differences from Hugging Face's trainer: rare letters are left out by their share of the text, not by their number
 * (1,000 there, too few for Chinese), and a word with such a letter, or of more than a hundred, teaches nothing, since the
 * tokenizer makes it unknown.
 *
 * <p>Sources: Hugging Face tokenizers {@code models/bpe/trainer.rs}; Sennrich et al., "Neural Machine Translation of Rare Words
 * with Subword Units" (arXiv 1508.07909).
 *
 * @param vocabSize V: number of pieces of the result, special pieces included
 * @param characterCoverage share of the corpus's letters that get a piece of their own, at least 0.98
 * @param minFrequency how often a pair must occur to become a piece
 */
public record WordPieceTrainer(int vocabSize, double characterCoverage, int minFrequency) {
    private static final List<String> SPECIAL_PIECES = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final String CONTINUATION = "##";
    private static final int MAX_WORD = 100; // letters; the tokenizer makes longer ones unknown

    /** @throws IllegalArgumentException if a value is out of its range */
    public WordPieceTrainer {
        if (vocabSize <= SPECIAL_PIECES.size()) {
            throw new IllegalArgumentException(
                    "vocabSize " + vocabSize + " must be above the " + SPECIAL_PIECES.size() + " special pieces");
        }
        if (!(characterCoverage >= 0.98 && characterCoverage <= 1)) {
            throw new IllegalArgumentException("characterCoverage " + characterCoverage + " is not between 0.98 and 1");
        }
        if (minFrequency < 1) {
            throw new IllegalArgumentException("minFrequency " + minFrequency + " is not positive");
        }
    }

    /**
     * Trains a vocabulary.
     *
     * @param lines raw text, read once
     * @throws IllegalArgumentException if the text has no words, more letters than the vocabulary could hold, or too few pairs
     *     to fill it
     */
    public Vocabulary train(Iterator<String> lines) {
        Map<String, long[]> words = WordCounts.ofBertWords(lines).counts();
        Map<Integer, long[]> letters = new HashMap<>();
        words.forEach((word, count) -> word.codePoints()
                .forEach(letter -> letters.computeIfAbsent(letter, key -> new long[1])[0] += count[0]));
        if (letters.isEmpty()) {
            throw new IllegalArgumentException("the corpus has no words");
        }
        Alphabet alphabet = new Alphabet(letters, characterCoverage);
        List<String> spelled = words.keySet().stream()
                .filter(word -> word.codePointCount(0, word.length()) <= MAX_WORD
                        && word.codePoints().allMatch(letter -> alphabet.index(letter) >= 0))
                .sorted()
                .toList();
        List<String> pieces = new ArrayList<>(SPECIAL_PIECES);
        pieces.addAll(letters(alphabet, spelled));
        if (pieces.size() > vocabSize) {
            throw new IllegalArgumentException("vocabSize " + vocabSize + " is too small: " + pieces.size()
                    + " pieces are needed for the special pieces and the letters alone");
        }
        merge(spelled, words, pieces);
        return new Vocabulary(pieces, "[PAD]", "[UNK]");
    }

    /** The letters, then those that continue words, each by code point. */
    private static Collection<String> letters(Alphabet alphabet, List<String> words) {
        TreeSet<String> first = new TreeSet<>();
        TreeSet<String> others = new TreeSet<>();
        for (int i = 0; i < alphabet.size(); i++) {
            first.add(Character.toString(alphabet.codePoint(i)));
        }
        for (String word : words) {
            word.codePoints().skip(1).forEach(letter -> others.add(CONTINUATION + Character.toString(letter)));
        }
        List<String> all = new ArrayList<>(first);
        all.addAll(others);
        return all;
    }

    private void merge(List<String> words, Map<String, long[]> counts, List<String> pieces) {
        Map<String, Integer> ids = new HashMap<>();
        pieces.forEach(piece -> ids.put(piece, ids.size()));
        PiecePairs pairs = new PiecePairs();
        for (String word : words) {
            int[] spelling = word.codePoints()
                    .map(letter -> ids.getOrDefault(CONTINUATION + Character.toString(letter), -1))
                    .toArray();
            spelling[0] = ids.getOrDefault(Character.toString(word.codePointAt(0)), -1);
            pairs.add(spelling, counts.getOrDefault(word, new long[1])[0]);
        }
        while (pieces.size() < vocabSize) {
            PiecePairs.Pair pair = pairs.mostFrequent();
            if (pair == null || pair.count() < minFrequency) {
                throw new IllegalArgumentException("vocabSize " + vocabSize + " is too large for this corpus: at most "
                        + pieces.size() + " is possible with minFrequency " + minFrequency);
            }
            String piece = pieces.get(pair.first()) + pieces.get(pair.second()).substring(CONTINUATION.length());
            // Two ways to the same piece: ab + c, a + bc.
            Integer known = ids.putIfAbsent(piece, pieces.size());
            if (known == null) {
                pieces.add(piece);
            }
            pairs.merge(pair, known == null ? pieces.size() - 1 : known);
        }
    }
}
