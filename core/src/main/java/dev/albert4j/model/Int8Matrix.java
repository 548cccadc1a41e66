package dev.albert4j.model;

/**
 * A matrix in 8-bit integers, symmetric, with one scale a row: {@code w[r, c] ≈ scale[r] · values[r, c]}. Those of {@link #of} go
 * from -127 to 127, and the largest of each row that is not all zero is ±127, so that quantizing what {@link #toFloats} gives finds
 * the same integers again.
 */
public final class Int8Matrix {
    private static final int MAX = 127;

    private final int numRows;
    private final int numColumns;
    private final byte[] values; // [numRows, numColumns]
    private final float[] scales; // [numRows]

    private Int8Matrix(int numRows, int numColumns, byte[] values, float[] scales) {
        this.numRows = numRows;
        this.numColumns = numColumns;
        this.values = values;
        this.scales = scales;
    }

    /**
     * Rounds to nearest, ties to even.
     *
     * @param matrix [numRows, numColumns]
     * @throws IllegalArgumentException if a value is not finite
     */
    public static Int8Matrix of(float[] matrix, int numRows, int numColumns) {
        byte[] values = new byte[matrix.length];
        float[] scales = new float[numRows];
        for (int row = 0; row < numRows; row++) {
            int from = row * numColumns;
            float max = 0;
            for (int i = from; i < from + numColumns; i++) {
                max = Math.max(max, Math.abs(matrix[i])); // NaN stays
            }
            if (!Float.isFinite(max)) {
                throw new IllegalArgumentException("a matrix with infinite values, or NaN, cannot be stored in 8 bits");
            }
            float scale = max / MAX;
            scales[row] = scale;
            for (int i = from; scale > 0 && i < from + numColumns; i++) {
                values[i] = (byte) Math.max(-MAX, Math.min(MAX, (int) Math.rint(matrix[i] / scale)));
            }
        }
        return new Int8Matrix(numRows, numColumns, values, scales);
    }

    /**
     * What a file holds. Takes the arrays over.
     *
     * @param integers row-major
     * @param scales finite, one a row
     */
    static Int8Matrix ofIntegers(byte[] integers, float[] scales) {
        int numColumns = scales.length == 0 ? 0 : integers.length / scales.length;
        return new Int8Matrix(scales.length, numColumns, integers, scales);
    }

    /** Rows, one a scale: outputs of a dense layer, or entries of a table. */
    public int numRows() {
        return numRows;
    }

    public int numColumns() {
        return numColumns;
    }

    int numElements() {
        return values.length;
    }

    /** The integer at a place of the row-major matrix. */
    public byte value(int index) {
        return values[index];
    }

    /** What a row's integers are multiplied by. */
    public float scale(int row) {
        return scales[row];
    }

    /** The integers, row-major, in a new array. */
    public byte[] values() {
        return values.clone();
    }

    /** The same as floats. */
    public float[] integers() {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }

    /** {@code integers} times the scale of their row, in place. */
    static void scaleRows(float[] integers, float[] scales) {
        int numColumns = scales.length == 0 ? 0 : integers.length / scales.length;
        for (int row = 0, i = 0; row < scales.length; row++) {
            for (int column = 0; column < numColumns; column++, i++) {
                integers[i] *= scales[row];
            }
        }
    }

    /** The scales in a new array. */
    public float[] scales() {
        return scales.clone();
    }

    /** The matrix that the integers stand for, row-major, in a new array. */
    public float[] toFloats() {
        float[] floats = integers();
        scaleRows(floats, scales);
        return floats;
    }
}
