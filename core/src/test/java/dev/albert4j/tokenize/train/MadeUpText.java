package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Lines of invented words, some frequent and most rare, with punctuation, numbers and capitals. */
final class MadeUpText {
    private static final String[] SYLLABLES = {
        "ka", "re", "mi", "to", "lun", "ves", "or", "tis", "ba", "sel", "dan", "qui", "pher", "ost", "é", "zu"
    };

    private MadeUpText() {}

    static List<String> lines(long seed, int numLines) {
        Random random = new Random(seed);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            StringBuilder word = new StringBuilder();
            for (int k = random.nextInt(4); k >= 0; k--) {
                word.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
            }
            words.add(word.toString());
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < numLines; i++) {
            StringBuilder line = new StringBuilder("The ");
            for (int k = 0; k < 12; k++) {
                double r = random.nextDouble();
                String word = words.get((int) (r * r * r * words.size()));
                line.append(
                        k % 5 == 4
                                ? "(" + word + ") "
                                : random.nextInt(9) == 0 ? word.toUpperCase() + "-" : word + " ");
            }
            lines.add(line.append(1900 + random.nextInt(120)).append(", 3.5€.").toString());
        }
        return lines;
    }
}
