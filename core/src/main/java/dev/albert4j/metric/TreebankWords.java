package dev.albert4j.metric;

import java.util.List;
import java.util.regex.Pattern;

/**
 * English text in lower case cut into words as in the Penn Treebank: punctuation stands alone, {@code don't} is {@code do n't}, a
 * full stop is cut off at the end only. The rules and their order are those of NLTK's {@code word_tokenize}, with which the CMRC
 * 2018 script cuts; unlike there, the text is taken as one sentence, whose inner full stops stay at their words.
 */
final class TreebankWords {
    private record Rule(Pattern pattern, String replacement) {
        static Rule of(String pattern, String replacement) {
            return new Rule(Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS), replacement);
        }
    }

    private static final String ALONE = " $0 ";

    private static final List<Rule> RULES = List.of(
            // quotes that open
            Rule.of("[«“‘„]|`+", ALONE),
            Rule.of("\\A\"", " `` "),
            Rule.of("(?<=[ (\\[{<])(?:\"|'')", " `` "),
            Rule.of(
                    PythonWords.BEGIN + "'(?!(?:re|ve|ll|[mtsdn])" + PythonWords.END + ")(?=" + PythonWords.CHARACTER
                            + ")",
                    "' "),
            // punctuation
            Rule.of("([^.])(\\.)([\\])}>\"'»”’ ]*)" + PythonWords.BLANK + "*\\z", "$1 $2 $3 "),
            Rule.of("([:,])(\\D|\\z)", " $1 $2"),
            Rule.of("\\.{2,}", ALONE),
            Rule.of("[;@#$%&\u2012-\u2015?!*]", ALONE),
            Rule.of("([^'])' ", "$1 ' "),
            Rule.of("[\\]\\[(){}<>]|--", ALONE),
            // quotes that close, and endings
            Rule.of("[»”’]|''", ALONE),
            Rule.of("\"", " '' "),
            Rule.of(PythonWords.BLANK + "+|\\z", " "),
            Rule.of("([^' ])('[smd]|') ", "$1 $2 "),
            Rule.of("([^' ])('ll|'re|'ve|n't) ", "$1 $2 "),
            // two words written as one
            together("can", "not"),
            together("d", "'ye"),
            together("gim", "me"),
            together("gon", "na"),
            together("got", "ta"),
            together("lem", "me"),
            together("more", "'n"),
            Rule.of(PythonWords.BEGIN + "(wan)(na)(?=" + PythonWords.BLANK + ")", " $1 $2 "),
            Rule.of(" ('t)(is|was)" + PythonWords.END, " $1 $2 "));

    private static final Pattern BLANKS = Pattern.compile(PythonWords.BLANK + "+");

    private TreebankWords() {}

    private static Rule together(String first, String second) {
        return Rule.of(PythonWords.BEGIN + "(" + first + ")(" + second + ")" + PythonWords.END, " $1 $2 ");
    }

    static List<String> of(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        String spaced = text;
        for (Rule rule : RULES) {
            spaced = rule.pattern().matcher(spaced).replaceAll(rule.replacement());
        }
        return BLANKS.splitAsStream(spaced).filter(word -> !word.isEmpty()).toList();
    }
}
