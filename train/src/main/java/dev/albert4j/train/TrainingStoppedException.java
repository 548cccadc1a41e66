package dev.albert4j.train;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A run was asked to stop before its end; says how to go on. */
public final class TrainingStoppedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param runDirectory where the checkpoint is; null if none is kept here */
    TrainingStoppedException(long step, long totalSteps, @Nullable Path runDirectory, int rank) {
        super("training stopped after step " + step + " of " + totalSteps
                + (rank > 0
                        ? "; rank 0 keeps the checkpoint"
                        : runDirectory == null
                                ? "; nothing was kept"
                                : "; start it again with the same settings to go on from " + runDirectory));
    }
}
