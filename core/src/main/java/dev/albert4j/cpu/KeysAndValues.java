package dev.albert4j.cpu;

/**
 * The keys and values of all tokens of a part, packed as attention multiplies by them. Threads may store different rows at
 * once; to be read once all are stored.
 */
final class KeysAndValues {
    private final int numHeads;
    private final int headSize;
    private final int width;
    private final int valueWidth; // D rounded up to panels
    private float[] keys = new float[0]; // for each sequence [A, T / width, D, width]
    private float[] values = new float[0]; // for each sequence [A, D / width, T, width]
    private int[] starts = new int[0]; // first token of each sequence, each length rounded up to panels

    KeysAndValues(int numHeads, int headSize, int panelWidth) {
        this.numHeads = numHeads;
        this.headSize = headSize;
        this.width = panelWidth;
        this.valueWidth = Panels.roundUp(headSize, panelWidth);
    }

    /** Makes room for a part; what was stored is lost. */
    void reserve(Part part) {
        if (starts.length < part.numSequences()) {
            starts = new int[part.numSequences()];
        }
        int paddedTokens = 0;
        for (int sequence = 0; sequence < part.numSequences(); sequence++) {
            starts[sequence] = paddedTokens;
            paddedTokens += Panels.roundUp(part.length(sequence), width);
        }
        int size = Math.multiplyExact(paddedTokens, numHeads * valueWidth);
        if (values.length < size) {
            keys = new float[paddedTokens * numHeads * headSize];
            values = new float[size];
        }
    }

    /** Goes over to a part of some of the sequences, in order, of which what was stored stays. */
    void select(int[] sequences) {
        for (int i = 0; i < sequences.length; i++) {
            starts[i] = starts[sequences[i]];
        }
    }

    /** Stores consecutive rows of one sequence, of which the first is token {@code from} of the sequence. */
    void store(Rows key, Rows value, int numRows, int sequence, int from, int length) {
        for (int head = 0; head < numHeads; head++) {
            int column = head * headSize;
            for (int row = 0; row < numRows; ) {
                int token = from + row;
                int panelRows = Math.min(numRows - row, width - token % width);
                int to = keyPanel(sequence, head, length, token / width * width) + token % width;
                Panels.packTransposed(
                        key.values(), key.at(row) + column, key.stride(), panelRows, headSize, keys, to, width);
                row += panelRows;
            }
            for (int d = 0; d < headSize; d += width) {
                int to = valuePanel(sequence, head, length, d) + from * width;
                int numColumns = Math.min(width, headSize - d);
                for (int row = 0; row < numRows; row++) {
                    System.arraycopy(value.values(), value.at(row) + column + d, values, to + row * width, numColumns);
                }
            }
        }
    }

    float[] keys() {
        return keys;
    }

    /** Where in {@link #keys} the panel [D, width] of the tokens from {@code token} on starts. */
    int keyPanel(int sequence, int head, int length, int token) {
        return (starts[sequence] * numHeads + head * Panels.roundUp(length, width) + token) * headSize;
    }

    float[] values() {
        return values;
    }

    /** Where in {@link #values} the panel [T, width] of the head's columns from {@code d} on starts. */
    int valuePanel(int sequence, int head, int length, int d) {
        return (starts[sequence] * numHeads + head * length) * valueWidth + d * length;
    }
}
