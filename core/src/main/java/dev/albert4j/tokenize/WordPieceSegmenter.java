package dev.albert4j.tokenize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * BERT's tokenizer (google-research {@code FullTokenizer}, Hugging Face {@code BertTokenizer}): the text is parted into words
 * at spaces, punctuation and Chinese characters, then each word is cut from its beginning into the longest pieces of the
 * vocabulary; pieces that continue a word begin with {@code ##}. A word that cannot be cut, or is longer than
 * {@value #MAX_WORD} characters, is one unknown token. Where the two references differ, Hugging Face is followed.
 *
 * <p>A piece has the offsets of the characters it came from; removed characters and marks around it do not count. Lone
 * surrogates are removed like U+FFFD.
 */
final class WordPieceSegmenter implements Segmenter {
    /** What a piece that continues a word begins with. */
    static final String CONTINUATION = "##";
    /** The longest word that is cut, in characters (code points) after normalization. */
    static final int MAX_WORD = 100;
    /** The most characters of all pieces together: bounds the memory a vocabulary may ask for. */
    static final int MAX_VOCABULARY_CHARS = 1 << 24;

    private static final int MAX_TOKENS = 1 << 24;

    // What to do with a UTF-16 unit, in the upper 8 bits of its entry; 0 means not known yet.
    private static final int LETTER = 1; // goes on a word; lower bits: the unit it is normalized to
    private static final int SPACE = 2; // ends a word
    private static final int REMOVED = 3; // as if it were not there
    private static final int ALONE = 4; // a word by itself; lower bits: its id
    private static final int OTHER = 5; // half of a pair, or normalized to several units

    private final Vocabulary vocabulary;
    private final BertNormalization normalization;
    private final WordPieceTrie pieces = new WordPieceTrie();
    private final int continuation; // the trie's node of CONTINUATION
    // Filled when a unit is first seen: always with the same value, in one write, so that threads may race.
    private final int[] entries = new int[1 << 16];

    /** @throws IllegalArgumentException if the vocabulary is too large */
    WordPieceSegmenter(Vocabulary vocabulary, BertNormalization normalization) {
        this.vocabulary = vocabulary;
        this.normalization = normalization;
        long chars = 0;
        for (String token : vocabulary.tokens()) {
            chars += token.length();
        }
        if (chars > MAX_VOCABULARY_CHARS || vocabulary.size() > MAX_TOKENS) {
            throw new IllegalArgumentException("the vocabulary has " + vocabulary.size() + " tokens of " + chars
                    + " characters; at most " + MAX_TOKENS + " of " + MAX_VOCABULARY_CHARS + " are allowed");
        }
        for (int id = 0; id < vocabulary.size(); id++) {
            pieces.put(vocabulary.token(id), id);
        }
        this.continuation = pieces.node(CONTINUATION);
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public boolean beginsWord(int id) {
        return !vocabulary.token(id).startsWith(CONTINUATION);
    }

    BertNormalization normalization() {
        return normalization;
    }

    @Override
    public void save(Path directory) throws IOException {
        WordPieceFiles.save(this, directory);
    }

    @Override
    public void segment(String text, int begin, int end, int maxPieces, PieceList out) {
        int enough = (int) Math.min(Integer.MAX_VALUE, (long) out.size + maxPieces);
        Word word = new Word();
        for (int i = begin; i < end && out.size < enough; i++) {
            char unit = text.charAt(i);
            int entry = entries[unit];
            if (entry == 0) {
                entry = learn(unit);
            }
            switch (entry >>> 24) {
                case LETTER -> word.add((char) entry, i, i + 1);
                case REMOVED -> {}
                case SPACE -> cut(word, out);
                case ALONE -> {
                    cut(word, out);
                    out.add(entry & 0xFFFFFF, i, i + 1);
                }
                default -> i = other(text, i, end, word, out) - 1;
            }
        }
        cut(word, out);
    }

    /** Finds out what to do with a UTF-16 unit. */
    private int learn(char unit) {
        int entry = OTHER << 24;
        if (BertCharacters.isRemoved(unit)) {
            entry = REMOVED << 24;
        } else if (BertCharacters.isSpace(unit)) {
            entry = SPACE << 24;
        } else if (!Character.isSurrogate(unit)) {
            String normalized = normalization.apply(unit);
            if (normalized.isEmpty()) {
                entry = REMOVED << 24;
            } else if (normalized.length() == 1) {
                char only = normalized.charAt(0);
                boolean alone = isAlone(unit) || BertCharacters.isPunctuation(only);
                entry = alone ? ALONE << 24 | idOf(only) : LETTER << 24 | only;
            }
        }
        entries[unit] = entry;
        return entry;
    }

    private boolean isAlone(int codePoint) {
        return normalization.splitChinese() && BertCharacters.isChinese(codePoint);
    }

    private int idOf(char unit) {
        int node = pieces.child(WordPieceTrie.ROOT, unit);
        int id = node == WordPieceTrie.NONE ? WordPieceTrie.NONE : pieces.id(node);
        return id == WordPieceTrie.NONE ? vocabulary.unkId() : id;
    }

    /** Takes a character that is not one unit before and after normalization; returns where the next one begins. */
    private int other(String text, int begin, int end, Word word, PieceList out) {
        int codePoint = text.codePointAt(begin);
        int next = begin + Character.charCount(codePoint);
        if (next > end || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            return begin + 1; // half a pair
        }
        if (BertCharacters.isRemoved(codePoint)) {
            return next;
        }
        boolean alone = isAlone(codePoint);
        if (alone) {
            cut(word, out);
        }
        String normalized = normalization.apply(codePoint);
        for (int i = 0; i < normalized.length(); ) {
            int part = normalized.codePointAt(i);
            boolean punctuation = BertCharacters.isPunctuation(part);
            if (punctuation) {
                cut(word, out);
            }
            word.add(part, begin, next);
            if (punctuation) {
                cut(word, out);
            }
            i += Character.charCount(part);
        }
        if (alone) {
            cut(word, out);
        }
        return next;
    }

    /** Ends the word: appends its pieces, and empties it. */
    private void cut(Word word, PieceList out) {
        if (word.numCharacters == 0) {
            return;
        }
        int before = out.size;
        boolean known = word.numCharacters <= MAX_WORD;
        for (int from = 0; known && from < word.numUnits; ) {
            int to = longestPiece(word, from, out);
            known = to > from;
            from = to;
        }
        if (!known) {
            out.size = before;
            out.add(vocabulary.unkId(), word.begins[0], word.end);
        }
        word.numUnits = 0;
        word.numCharacters = 0;
    }

    /** Appends the longest piece that begins at a unit of the word, and returns where it ends; {@code from} if none does. */
    private int longestPiece(Word word, int from, PieceList out) {
        int node = from == 0 ? WordPieceTrie.ROOT : continuation;
        int to = from;
        int found = WordPieceTrie.NONE;
        for (int i = from; i < word.numUnits && node != WordPieceTrie.NONE; i++) {
            node = pieces.child(node, word.units[i]);
            int id = node == WordPieceTrie.NONE ? WordPieceTrie.NONE : pieces.id(node);
            if (id != WordPieceTrie.NONE) {
                found = id;
                to = i + 1;
            }
        }
        if (to > from) {
            out.add(found, word.begins[from], word.ends[to - 1]);
        }
        return to;
    }

    /** The word being read: its normalized units and where each comes from. Of one that is too long, only begin and end. */
    private static final class Word {
        char[] units = new char[32];
        int[] begins = new int[32];
        int[] ends = new int[32];
        int numUnits;
        int numCharacters;
        int end;

        void add(char unit, int begin, int end) {
            if (numCharacters++ < MAX_WORD) {
                append(unit, begin, end);
            }
            this.end = end;
        }

        void add(int codePoint, int begin, int end) {
            if (Character.isBmpCodePoint(codePoint)) {
                add((char) codePoint, begin, end);
                return;
            }
            if (numCharacters++ < MAX_WORD) {
                append(Character.highSurrogate(codePoint), begin, end);
                append(Character.lowSurrogate(codePoint), begin, end);
            }
            this.end = end;
        }

        private void append(char unit, int begin, int end) {
            if (numUnits == units.length) {
                units = Arrays.copyOf(units, numUnits * 2);
                begins = Arrays.copyOf(begins, numUnits * 2);
                ends = Arrays.copyOf(ends, numUnits * 2);
            }
            units[numUnits] = unit;
            begins[numUnits] = begin;
            ends[numUnits] = end;
            numUnits++;
        }
    }
}
