package dev.albert4j.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

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

    /**
     * Examples that were read, and fit the task or the model too.
     *
     * @param file they were read from
     * @param skipBad whether examples with something wrong are counted and left out instead of refused
     * @param check throws a {@link BadExampleException} if an example does not fit
     * @throws DataFormatException naming the line at fault, or if no example fits
     */
    public static <T> Examples<T> checked(Path file, List<T> read, boolean skipBad, Consumer<? super T> check)
            throws DataFormatException {
        ExampleList<T> examples = new ExampleList<>(file, skipBad);
        for (T example : read) {
            try {
                check.accept(example);
                examples.add(example);
            } catch (BadExampleException e) {
                examples.refuse(e.line(), e.problem());
            }
        }
        return examples.result();
    }
}
