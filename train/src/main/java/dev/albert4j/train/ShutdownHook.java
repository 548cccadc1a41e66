package dev.albert4j.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** While open: when the process is told to end (Ctrl-C), asks the work to stop and holds the end up until it has. */
final class ShutdownHook implements AutoCloseable {
    private static final long MAX_WAIT_SECONDS = 60;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    /** @param stop asks the work to stop soon */
    ShutdownHook(Runnable stop) {
        thread = new Thread(() -> stopAndWait(stop), "stop-training");
        Runtime.getRuntime().addShutdownHook(thread);
    }

    private void stopAndWait(Runnable stop) {
        stop.run();
        try {
            stopped.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work has stopped, or is done. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is what brought us here.
            return;
        }
    }
}
