package dev.albert4j.metric;

/** Parts of regular expressions: what Python, in which the evaluation scripts are written, takes for words and blanks. */
final class PythonWords {
    /**
     * A character of a word: letters, numbers of any kind, and the underscore, but no marks. The ideograph, a letter like others,
     * is written out because a look behind sees characters beyond U+FFFF only if its pattern holds one (java.util.regex).
     */
    static final String CHARACTER = "[\\p{L}\\p{N}_\uD840\uDC00]";

    /** No character of a word is before. */
    static final String BEGIN = "(?<!" + CHARACTER + ")";

    /** No character of a word is after. */
    static final String END = "(?!" + CHARACTER + ")";

    /** What {@code split} and {@code strip} take for a blank. */
    static final String BLANK = "[\\s\\x1C-\\x1F\\x85\\p{Z}]";

    private PythonWords() {}
}
