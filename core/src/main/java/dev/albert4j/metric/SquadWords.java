package dev.albert4j.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Answers as the evaluation script of SQuAD 1.1 compares them ({@code normalize_answer}, {@code f1_score}). */
final class SquadWords {
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
    private static final Pattern ARTICLE = Pattern.compile(PythonWords.BEGIN + "(?:a|an|the)" + PythonWords.END);
    private static final Pattern BLANKS = Pattern.compile(PythonWords.BLANK + "+");

    private SquadWords() {}

    static String normalize(String answer) {
        String plain = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
        String spaced = BLANKS.matcher(ARTICLE.matcher(plain).replaceAll(" ")).replaceAll(" ");
        int begin = spaced.startsWith(" ") ? 1 : 0;
        int end = spaced.endsWith(" ") ? spaced.length() - 1 : spaced.length();
        return begin < end ? spaced.substring(begin, end) : "";
    }

    static double f1(String prediction, String answer) {
        List<String> predicted = words(prediction);
        List<String> expected = words(answer);
        Map<String, Integer> left = new HashMap<>();
        expected.forEach(word -> left.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : predicted) {
            int count = left.getOrDefault(word, 0);
            if (count > 0) {
                left.put(word, count - 1);
                common++;
            }
        }
        return AnswerScript.f1(common, predicted.size(), expected.size());
    }

    private static List<String> words(String answer) {
        String plain = normalize(answer);
        return plain.isEmpty() ? List.of() : List.of(plain.split(" "));
    }
}
