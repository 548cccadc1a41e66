package dev.albert4j.cli;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** While open: asks some work to stop when its time is over. */
final class TimeLimit implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "time-limit");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean over;

    /**
     * Starts the clock.
     *
     * @param limit null for none
     * @param stop asks the work to stop soon
     */
    TimeLimit(@Nullable Duration limit, Runnable stop) {
        if (limit != null) {
            clock.schedule(() -> end(stop), limit.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void end(Runnable stop) {
        over = true;
        stop.run();
    }

    /** Whether the time was over. */
    boolean isOver() {
        return over;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
