package dev.albert4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** While open: when the process is told to end (Ctrl-C), holds the end up until the work has said how to go on. */
final class EndHook implements AutoCloseable {
    private static final long MAX_WAIT_SECONDS = 65; // a bit longer than training takes to leave a checkpoint

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::await, "hold-end");

    EndHook() {
        Runtime.getRuntime().addShutdownHook(thread);
    }

    private void await() {
        try {
            closed.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process is ending already.
            return;
        }
    }
}
