package dev.albert4j.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Answers as the evaluation script of CMRC 2018 compares them ({@code mixed_segmentation}, {@code find_lcs}): Chinese characters
 * one by one, and what is between them in English words.
 */
final class CmrcSegments {
    /** The script's list, whose "……" of two characters is never found: it looks at one at a time. */
    private static final String PUNCTUATION = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』";

    private static final Pattern ENDS = Pattern.compile("\\A" + PythonWords.BLANK + "+|" + PythonWords.BLANK + "+\\z");

    private CmrcSegments() {}

    /** Lower case, without punctuation. */
    static String plain(String answer) {
        StringBuilder plain = new StringBuilder(answer.length());
        String stripped = ENDS.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
        for (int i = 0; i < stripped.length(); i++) {
            if (PUNCTUATION.indexOf(stripped.charAt(i)) < 0) {
                plain.append(stripped.charAt(i));
            }
        }
        return plain.toString();
    }

    static List<String> of(String answer) {
        String plain = plain(answer);
        List<String> segments = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c >= '\u4E00' && c <= '\u9FA5') {
                segments.addAll(TreebankWords.of(plain.substring(begin, i)));
                segments.add(String.valueOf(c));
                begin = i + 1;
            }
        }
        segments.addAll(TreebankWords.of(plain.substring(begin)));
        return segments;
    }

    static double f1(String prediction, String answer) {
        List<String> predicted = of(prediction);
        List<String> expected = of(answer);
        return AnswerScript.f1(longestCommonRun(expected, predicted), predicted.size(), expected.size());
    }

    private static int longestCommonRun(List<String> a, List<String> b) {
        int[] runs = new int[b.size() + 1]; // lengths of the common runs that end at a[i - 1] and b[j - 1]
        int longest = 0;
        for (String segment : a) {
            for (int j = b.size(); j > 0; j--) {
                runs[j] = segment.equals(b.get(j - 1)) ? runs[j - 1] + 1 : 0;
                longest = Math.max(longest, runs[j]);
            }
        }
        return longest;
    }
}
