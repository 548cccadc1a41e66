package dev.albert4j.task;

import java.util.List;
import java.util.function.IntConsumer;

/** Long work in pieces, so that its progress can be shown and memory stays bounded. */
final class Chunks {
    private static final int SIZE = 256;

    private Chunks() {}

    /** What is done to a piece. */
    @FunctionalInterface
    interface Work<T> {
        /** @param begin place of the piece's first element */
        void run(int begin, List<T> part);
    }

    /** @param progress is told how many elements are done, after each piece */
    static <T> void forEach(List<T> elements, IntConsumer progress, Work<T> work) {
        for (int begin = 0; begin < elements.size(); begin += SIZE) {
            int end = Math.min(begin + SIZE, elements.size());
            work.run(begin, elements.subList(begin, end));
            progress.accept(end);
        }
    }
}
