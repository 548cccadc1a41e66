package dev.albert4j.train;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Another process of the run ended, or cannot be reached any more: the run cannot go on. The message says how it can later. */
public final class LostRankException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param problem what the network says */
    LostRankException(int rank, int size, String problem, Throwable cause) {
        super("rank " + rank + " lost another of the " + size + " ranks: " + problem, cause);
    }

    private LostRankException(String message, LostRankException cause) {
        super(message, cause);
    }

    /**
     * The same loss, with the last step that all ranks took.
     *
     * @param runDirectory where the checkpoint of that step is; null if it is not kept here
     */
    LostRankException after(long step, long totalSteps, @Nullable Path runDirectory) {
        String kept = runDirectory == null
                ? "start all ranks again with the same settings to go on from rank 0's last checkpoint"
                : "start all ranks again with the same settings to go on from " + runDirectory;
        return new LostRankException(
                getMessage() + "; training ended after step " + step + " of " + totalSteps + "; " + kept, this);
    }
}
