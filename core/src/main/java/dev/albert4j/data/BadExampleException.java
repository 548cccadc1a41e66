package dev.albert4j.data;

/** An example does not fit the task or the model: a label it does not know, a number that is none. */
public final class BadExampleException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final long line;
    private final String problem;

    /**
     * @param line where the example stands in its file, from 1
     * @param problem what is wrong, as the end of a sentence
     */
    public BadExampleException(long line, String problem) {
        super("line " + line + ": " + problem);
        this.line = line;
        this.problem = problem;
    }

    /** Where the example stands in its file, from 1. */
    public long line() {
        return line;
    }

    /** What is wrong. */
    public String problem() {
        return problem;
    }
}
