package dev.albert4j.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Applies a function on so many threads at once. */
record CallersAtOnce(int numThreads) {
    <A, B> List<B> map(List<A> inputs, Function<A, B> function) {
        ExecutorService threads = Executors.newFixedThreadPool(numThreads);
        try {
            List<Future<B>> futures = inputs.stream()
                    .map(input -> threads.submit(() -> function.apply(input)))
                    .toList();
            List<B> results = new ArrayList<>();
            for (Future<B> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
