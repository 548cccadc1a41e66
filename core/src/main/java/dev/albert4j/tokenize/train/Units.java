package dev.albert4j.tokenize.train;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The distinct units of a corpus laid end to end, with their counts: all that training sees of the text. Sorted, so that
 * the order of the corpus does not matter. Immutable.
 */
final class Units {
    /** What stands after each unit. */
    static final int END = -1;

    final Alphabet alphabet;
    final int[] text; // [N] indices into the alphabet, an END after each unit
    final int[] starts; // [units + 1] where each unit begins
    final long[] counts; // [units]

    private Units(Alphabet alphabet, TreeMap<String, long[]> units) {
        this.alphabet = alphabet;
        long length = 0;
        for (String unit : units.keySet()) {
            length += unit.codePointCount(0, unit.length()) + 1;
        }
        if (length > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(
                    "the corpus has " + length + " characters in distinct words; 2147483631 are allowed");
        }
        text = new int[(int) length];
        starts = new int[units.size() + 1];
        counts = new long[units.size()];
        int at = 0;
        int unit = 0;
        for (Map.Entry<String, long[]> entry : units.entrySet()) {
            counts[unit] = entry.getValue()[0];
            String string = entry.getKey();
            for (int i = 0; i < string.length(); i += Character.charCount(string.codePointAt(i))) {
                text[at++] = alphabet.index(string.codePointAt(i));
            }
            text[at++] = END;
            starts[++unit] = at;
        }
    }

    /**
     * @param words distinct words with their counts
     * @throws IllegalArgumentException if there is no text
     */
    static Units of(WordCounts words, UnigramTrainerConfig config) {
        if (words.counts().isEmpty()) {
            throw new IllegalArgumentException("the corpus is empty: no line holds anything but white space");
        }
        UnitSplitter splitter = new UnitSplitter(config.userDefinedSymbols());
        Map<Integer, long[]> characters = new HashMap<>();
        long[] spaces = characters.computeIfAbsent((int) WordCounts.SPACE, key -> new long[1]);
        words.counts().forEach((word, count) -> {
            splitter.countCharacters(word, count[0], characters);
            spaces[0] += count[0];
        });
        Alphabet alphabet = new Alphabet(characters, config.characterCoverage());
        TreeMap<String, long[]> units = new TreeMap<>();
        words.counts().forEach((word, count) -> splitter.split(word, count[0], c -> alphabet.index(c) >= 0, units));
        return new Units(alphabet, units);
    }

    int numUnits() {
        return counts.length;
    }

    /** Where a unit's characters end. */
    int end(int unit) {
        return starts[unit + 1] - 1;
    }

    /** The substring at a place. */
    String substring(int position, int length) {
        StringBuilder out = new StringBuilder(length);
        for (int i = position; i < position + length; i++) {
            out.appendCodePoint(alphabet.codePoint(text[i]));
        }
        return out.toString();
    }
}
