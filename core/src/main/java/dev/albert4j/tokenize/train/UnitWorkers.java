package dev.albert4j.tokenize.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Threads that share work on a range of items. To be closed. */
final class UnitWorkers implements AutoCloseable {
    private static final int CHUNK = 4096;

    private final ExecutorService executor;
    private final int numThreads;

    UnitWorkers(int numThreads) {
        this.numThreads = numThreads;
        executor = Executors.newFixedThreadPool(numThreads, task -> {
            Thread thread = new Thread(task, "unigram-trainer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Gives each thread a worker of its own and each item to one of them. Which one is not determined: the sum of what the
     * workers found must not depend on it.
     *
     * @return the workers, done
     */
    <W extends IntConsumer> List<W> forEach(int numItems, Supplier<W> newWorker) {
        AtomicInteger nextChunk = new AtomicInteger();
        int numChunks = numItems / CHUNK + 1;
        List<W> workers = new ArrayList<>();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < Math.min(numThreads, numChunks); i++) {
            W worker = newWorker.get();
            workers.add(worker);
            running.add(executor.submit(() -> {
                for (int chunk = nextChunk.getAndIncrement(); chunk < numChunks; chunk = nextChunk.getAndIncrement()) {
                    int end = (int) Math.min(numItems, (chunk + 1L) * CHUNK);
                    for (int item = chunk * CHUNK; item < end; item++) {
                        worker.accept(item);
                    }
                }
            }));
        }
        running.forEach(UnitWorkers::await);
        return workers;
    }

    private static void await(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("training was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("training failed", e.getCause());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
