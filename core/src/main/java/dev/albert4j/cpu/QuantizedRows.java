package dev.albert4j.cpu;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A buffer of rows in unsigned 8-bit integers.
 *
 * @param values one row after the other
 * @param scalesAndZeros for each row by what its integers are multiplied, and the integer that stands for 0
 */
record QuantizedRows(byte[] values, float[] scalesAndZeros) {

    /** Buffers to use again, as many as are ever used at once. Thread-safe. */
    static final class Pool {
        private final ConcurrentLinkedQueue<QuantizedRows> free = new ConcurrentLinkedQueue<>();

        /** Room for so many rows at least; what it holds means nothing. */
        QuantizedRows take(int numRows, int numColumns) {
            QuantizedRows rows = free.poll();
            int size = Math.multiplyExact(numRows, numColumns);
            if (rows != null && rows.values.length >= size && rows.scalesAndZeros.length >= 2 * numRows) {
                return rows;
            }
            int oldSize = rows == null ? 0 : rows.values.length;
            int oldRows = rows == null ? 0 : rows.scalesAndZeros.length / 2;
            return new QuantizedRows(new byte[Math.max(size, oldSize)], new float[2 * Math.max(numRows, oldRows)]);
        }

        void giveBack(QuantizedRows rows) {
            free.add(rows);
        }
    }
}
