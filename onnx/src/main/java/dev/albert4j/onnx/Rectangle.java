package dev.albert4j.onnx;

import dev.albert4j.model.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences of similar length that are padded to the longest of them.
 *
 * @param sequences their numbers in the batch, a row each, longest first
 */
record Rectangle(Batch batch, List<Integer> sequences) {
    /** A sequence shorter than this part of the longest goes into another rectangle. */
    private static final double MIN_FILL = 0.75;

    static List<Rectangle> split(Batch batch) {
        List<Integer> byLength = IntStream.range(0, batch.numSequences())
                .boxed()
                .sorted(Comparator.comparingInt(batch::length).reversed())
                .toList();
        List<Rectangle> rectangles = new ArrayList<>();
        for (int begin = 0; begin < byLength.size(); ) {
            int longest = batch.length(byLength.get(begin));
            int end = begin + 1;
            while (end < byLength.size() && batch.length(byLength.get(end)) >= MIN_FILL * longest) {
                end++;
            }
            rectangles.add(new Rectangle(batch, byLength.subList(begin, end)));
            begin = end;
        }
        return rectangles;
    }

    int numRows() {
        return sequences.size();
    }

    /** T. */
    int length() {
        return batch.length(sequences.get(0));
    }

    /** What a node's input holds of a token, by its number in the batch. */
    @FunctionalInterface
    interface TokenValue {
        long of(int token);
    }

    /** Values of all tokens [rows, T], 0 for padding. */
    long[] values(TokenValue value) {
        long[] values = new long[Math.multiplyExact(numRows(), length())];
        for (int row = 0; row < numRows(); row++) {
            int start = batch.start(sequences.get(row));
            for (int i = 0; i < batch.length(sequences.get(row)); i++) {
                values[row * length() + i] = value.of(start + i);
            }
        }
        return values;
    }

    /**
     * Copies the rows of tokens out of an array with padding.
     *
     * @param padded [.., rows, T, columns]
     * @param index of the block [rows, T, columns] in it
     * @param tokens [N, columns], of the whole batch
     */
    void copyTokens(float[] padded, int index, int columns, float[] tokens) {
        for (int row = 0; row < numRows(); row++) {
            int sequence = sequences.get(row);
            int from = (index * numRows() + row) * length() * columns;
            System.arraycopy(padded, from, tokens, batch.start(sequence) * columns, batch.length(sequence) * columns);
        }
    }

    /** Copies a row for each sequence: from [rows, columns] to [B, columns] of the whole batch. */
    void copySequences(float[] rows, int columns, float[] sequencesOfBatch) {
        for (int row = 0; row < numRows(); row++) {
            System.arraycopy(rows, row * columns, sequencesOfBatch, sequences.get(row) * columns, columns);
        }
    }
}
