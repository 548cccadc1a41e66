package dev.albert4j.train;

import java.io.Serial;

/** A setting of {@link TrainConfig} has a value that is not allowed. The message is the setting's name and the problem. */
public final class WrongSettingException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String problem;

    /**
     * @param setting its name in {@link TrainConfig}
     * @param problem the value that was received and what is allowed, as the rest of a sentence that begins with the name
     */
    public WrongSettingException(String setting, String problem) {
        super(setting + " " + problem);
        this.setting = setting;
        this.problem = problem;
    }

    /** The setting's name. */
    public String setting() {
        return setting;
    }

    /** What is wrong, without the name. */
    public String problem() {
        return problem;
    }
}
