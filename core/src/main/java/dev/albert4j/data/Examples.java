package dev.albert4j.data;

import java.util.List;

/**
 * What a reader found in a file. Immutable.
 *
 * @param examples the good ones, in the file's order
 * @param numBad how many were left out because something was wrong with them
 * @param problems what was wrong with the first of them, each a line that names the place
 */
public record Examples<T>(List<T> examples, long numBad, List<String> problems) {
    public Examples {
        examples = List.copyOf(examples);
        problems = List.copyOf(problems);
    }
}
