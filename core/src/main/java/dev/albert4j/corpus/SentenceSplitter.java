package dev.albert4j.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cuts a line of English or Chinese text into sentences, by rules that are the same on every JVM ({@link
 * java.text.BreakIterator}'s come with the JDK, and split after "Mr."). Immutable and thread-safe.
 *
 * <p>A sentence ends after a run of full stops, question and exclamation marks and the closing quotes and brackets behind it, if
 * the run
 *
 * <ul>
 *   <li>has a full-width mark ({@code 。！？｡}) or an ellipsis ({@code ……}), or stands after a Chinese character, except a full
 *       stop before a digit; or
 *   <li>is followed by white space and then by anything but a lower-case letter, and, where it is one full stop, does not stand
 *       after a known abbreviation ({@code Mr}, {@code vs}), or a single capital letter ({@code J. S. Bach}).
 * </ul>
 *
 * <p>A line that is one sentence stays one.
 */
public final class SentenceSplitter {
    private static final String FULL_WIDTH = "。！？｡";
    private static final String CLOSING = "\"'”’)]}»」』）】〉》";
    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "gen", "col", "lt", "capt",
            "sgt", "rev", "hon", "gov", "pres", "inc", "ltd", "co", "corp", "dept", "fig", "vol", "pp", "eds", "cf",
            "approx", "ca", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mt",
            "ft", "u.s", "u.k");
    private static final int LONGEST_ABBREVIATION = 6;

    private SentenceSplitter() {}

    /** The sentences of a line, without the white space around them; none is empty. */
    public static List<String> split(String line) {
        List<String> sentences = new ArrayList<>();
        int begin = 0;
        int i = 0;
        while (i < line.length()) {
            if (!isTerminal(line.charAt(i))) {
                i++;
                continue;
            }
            int run = i;
            while (i < line.length() && isTerminal(line.charAt(i))) {
                i++;
            }
            int end = i;
            while (end < line.length() && CLOSING.indexOf(line.charAt(end)) >= 0) {
                end++;
            }
            if (isEnd(line, begin, run, i, end)) {
                add(line, begin, end, sentences);
                begin = end;
                i = end;
            }
        }
        add(line, begin, line.length(), sentences);
        return sentences;
    }

    private static void add(String line, int begin, int end, List<String> sentences) {
        String sentence = line.substring(begin, end).strip();
        if (!sentence.isEmpty()) {
            sentences.add(sentence);
        }
    }

    private static boolean isTerminal(char c) {
        return c == '.' || c == '!' || c == '?' || c == '…' || FULL_WIDTH.indexOf(c) >= 0;
    }

    /**
     * Whether a sentence ends here.
     *
     * @param begin of the sentence
     * @param run where the marks begin
     * @param runEnd where they end
     * @param end where the quotes and brackets behind them end
     */
    private static boolean isEnd(String line, int begin, int run, int runEnd, int end) {
        for (int i = run; i < runEnd; i++) {
            if (FULL_WIDTH.indexOf(line.charAt(i)) >= 0) {
                return true;
            }
        }
        boolean ellipsis = runEnd - run >= 2 && line.charAt(run) == '…';
        boolean afterIdeograph = run > begin && Character.isIdeographic(line.codePointBefore(run));
        if (ellipsis || afterIdeograph) {
            return line.charAt(run) != '.' || end == line.length() || !Character.isDigit(line.charAt(end));
        }
        int next = end;
        while (next < line.length() && Character.isWhitespace(line.charAt(next))) {
            next++;
        }
        if (next == end || next == line.length() || Character.isLowerCase(line.codePointAt(next))) {
            return false;
        }
        boolean fullStop = runEnd - run == 1 && line.charAt(run) == '.';
        return !(fullStop && isAbbreviated(line, begin, run));
    }

    /** Whether the word before a full stop is an abbreviation or an initial. */
    private static boolean isAbbreviated(String line, int begin, int stop) {
        int word = stop;
        while (word > begin
                && stop - word <= LONGEST_ABBREVIATION
                && !Character.isWhitespace(line.charAt(word - 1))
                && "(\"'“‘[".indexOf(line.charAt(word - 1)) < 0) {
            word--;
        }
        String text = line.substring(word, stop);
        boolean initial = text.length() == 1 && Character.isUpperCase(text.charAt(0));
        return initial || ABBREVIATIONS.contains(text.toLowerCase(Locale.ROOT));
    }
}
