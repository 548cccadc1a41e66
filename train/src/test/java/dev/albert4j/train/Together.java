package dev.albert4j.train;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ranks as threads of this process, each with a group of its own: they talk to each other as processes do. */
final class Together {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Together() {}

    /** What a rank does. */
    @FunctionalInterface
    interface Task<T> {
        T run(Ranks ranks) throws IOException;
    }

    /** An address of this machine. */
    static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Runs a task on each of several ranks; gives the results by rank, or throws the first failure. */
    static <T> List<T> run(int size, Task<T> task) throws Exception {
        List<Future<T>> futures = begin(size, task);
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        return results;
    }

    /** Begins a task on each of several ranks. */
    static <T> List<Future<T>> begin(int size, Task<T> task) {
        ExecutorService executor = Executors.newFixedThreadPool(size);
        CompletableFuture<Integer> port = new CompletableFuture<>();
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int rank = i;
            futures.add(executor.submit(() -> {
                try (Ranks ranks = Ranks.open(rank, size, address(rank == 0 ? 0 : port.get()), PATIENCE)) {
                    if (rank == 0) {
                        port.complete(ranks.port());
                    }
                    ranks.meet(() -> {});
                    ranks.awaitOthers();
                    return task.run(ranks);
                }
            }));
        }
        executor.shutdown();
        return futures;
    }
}
