package dev.albert4j.tokenize.train;

import java.lang.Character.UnicodeScript;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Cuts words where no piece may reach across: at user-defined symbols, at characters outside the alphabet, and where the
 * script changes (SentencePiece's {@code split_by_unicode_script}, digits and punctuation being of the script Common).
 * What lies between two cuts is a unit. Since no piece crosses a cut, the segmentation of a unit does not depend on its
 * neighbours, and training on counted units is exactly training on the words. Immutable.
 *
 * <p>Source: SentencePiece {@code TrainerInterface::IsValidSentencePiece}.
 */
final class UnitSplitter {
    private final List<String> symbols; // longest first

    UnitSplitter(List<String> userDefinedSymbols) {
        symbols = userDefinedSymbols.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The characters of a word outside its user-defined symbols, each counted {@code count} times. */
    void countCharacters(String word, long count, Map<Integer, long[]> counts) {
        for (int i = 0; i < word.length(); ) {
            int symbol = symbolLength(word, i);
            int c = word.codePointAt(i);
            if (symbol == 0) {
                counts.computeIfAbsent(c, key -> new long[1])[0] += count;
            }
            i += symbol > 0 ? symbol : Character.charCount(c);
        }
    }

    /** Adds a word's units, the first of which begins with a {@link WordCounts#SPACE}, to the counted units. */
    void split(String word, long count, IntPredicate inAlphabet, TreeMap<String, long[]> units) {
        StringBuilder unit = new StringBuilder().append(WordCounts.SPACE);
        UnicodeScript script = UnicodeScript.INHERITED; // INHERITED: goes with any script
        for (int i = 0; i < word.length(); ) {
            int symbol = symbolLength(word, i);
            int c = word.codePointAt(i);
            i += symbol > 0 ? symbol : Character.charCount(c);
            if (symbol > 0 || !inAlphabet.test(c)) {
                flush(unit, count, units);
                script = UnicodeScript.INHERITED;
                continue;
            }
            UnicodeScript next = script(c);
            if (next != script && next != UnicodeScript.INHERITED) {
                if (script != UnicodeScript.INHERITED) {
                    flush(unit, count, units);
                }
                script = next;
            }
            unit.appendCodePoint(c);
        }
        flush(unit, count, units);
    }

    private static void flush(StringBuilder unit, long count, TreeMap<String, long[]> units) {
        if (!unit.isEmpty()) {
            units.computeIfAbsent(unit.toString(), key -> new long[1])[0] += count;
            unit.setLength(0);
        }
    }

    private int symbolLength(String word, int at) {
        for (String symbol : symbols) {
            if (word.startsWith(symbol, at)) {
                return symbol.length();
            }
        }
        return 0;
    }

    /** Japanese mixes its scripts inside a word, so that they count as one, and so does the long vowel sign. */
    private static UnicodeScript script(int c) {
        UnicodeScript script = UnicodeScript.of(c);
        boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA || c == 0x30FC;
        return kana ? UnicodeScript.HAN : script;
    }
}
