package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.get_num_threads;
import static org.bytedeco.pytorch.global.torch.set_num_threads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a training run. Each works on its own part of a batch, and libtorch and its BLAS use no further threads
 * while this is open: whole passes side by side scale better than the threads inside each small operation.
 */
final class Workers implements AutoCloseable {
    private final int size;
    private final ExecutorService executor;
    private final int torchThreads = get_num_threads();
    private final int blasThreads;

    /** @param size number of threads; 0 for one a processor */
    Workers(int size) {
        this.size = size > 0 ? size : Runtime.getRuntime().availableProcessors();
        Loader.load(openblas.class);
        blasThreads = openblas.blas_get_num_threads();
        openblas.blas_set_num_threads(1);
        set_num_threads(1);
        executor = Executors.newFixedThreadPool(this.size, task -> {
            Thread thread = new Thread(
                    () -> {
                        set_num_threads(1);
                        task.run();
                    },
                    "train");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Number of threads. */
    int size() {
        return size;
    }

    /** Runs a task once for each of the numbers 0 … size − 1, side by side, and waits; throws the first one's failure. */
    void run(IntConsumer task) {
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int worker = i;
            futures.add(executor.submit(() -> task.accept(worker)));
        }
        RuntimeException failure = null;
        for (Future<?> future : futures) {
            RuntimeException thrown = await(future);
            failure = failure == null ? thrown : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits without end: a step is short, and an interrupt is answered between steps. */
    private static @Nullable RuntimeException await(Future<?> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    future.get();
                    return null;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Error error) {
                        throw error;
                    }
                    return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the threads and gives libtorch its own back. */
    @Override
    public void close() {
        executor.shutdownNow();
        set_num_threads(torchThreads);
        openblas.blas_set_num_threads(blasThreads);
    }
}
