package dev.albert4j.cpu;

import org.jspecify.annotations.Nullable;

/**
 * {@link Kernels} in plain Java, for virtual machines that run without the Vector API, and for those that have not compiled what
 * uses it yet. Bit for bit the results of {@link VectorKernels} with as many lanes: sums in the same order, products and sums fused
 * where those fuse them. (Only which NaN a result is may differ.)
 */
final class ScalarKernels implements Kernels {
    /*
     * erfc(a/√2)/2 = exp(-a²/2)(P1 t + … + P6 t⁶) with t = 1/(1 + T a), a ≥ 0: the form of Abramowitz and Stegun 7.1.26,
     * fitted anew with one more term; 3e-9 absolute where it is multiplied by a.
     */
    static final float ERFC_T = 0.28f;
    static final float ERFC_P1 = 0.11701878f;
    static final float ERFC_P2 = 0.064347565f;
    static final float ERFC_P3 = 0.27682129f;
    static final float ERFC_P4 = -0.24686445f;
    static final float ERFC_P5 = 0.39599276f;
    static final float ERFC_P6 = -0.10731601f;

    static final float SQRT_2_OVER_PI = 0.7978846f;
    static final float GELU_CUBIC = 0.044715f;

    /** Adding 1.5 · 2²³ rounds to an integer, and leaves it in the low bits. */
    static final float ROUND = 12582912f;

    // exp(r) = 1 + r + r²(E2 + … + E6 r⁴) for |r| ≤ ln 2 / 2, a minimax fit, 3e-9 relative.
    static final float E2 = 0.49999994f;
    static final float E3 = 0.16666521f;
    static final float E4 = 0.04166839f;
    static final float E5 = 0.0083687175f;
    static final float E6 = 0.0013814596f;
    static final float LOG2_E = 1.442695f;
    // ln 2 in two parts, the first exact in few bits.
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    static final float EXP_MAX = 87.3f;

    // Wide enough for the compiler to make vectors of the loops over a panel's columns, narrow enough for small models.
    private static final int USUAL_LANES = 16;

    private final int lanes;
    private final int width;

    ScalarKernels() {
        this(USUAL_LANES);
    }

    /** @param lanes in which sums are taken, a power of 2; a panel is twice as wide */
    ScalarKernels(int lanes) {
        this.lanes = lanes;
        this.width = 2 * lanes;
    }

    @Override
    public int panelWidth() {
        return width;
    }

    @Override
    public void multiply(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            float[] panels,
            int panelOffset,
            float[] c,
            int cOffset,
            int cStride) {
        float[] sums = new float[width];
        for (int row = 0; row < rows; row++) {
            int from = aOffset + row * LEFT_STRIDE;
            int to = cOffset + row * cStride;
            for (int j = 0; j < sums.length; j++) {
                sums[j] = 0;
            }
            int k = 0;
            for (; k + 4 <= depth; k += 4) {
                addFour(a, from + k, panels, panelOffset + k * width, sums);
            }
            for (; k < depth; k++) {
                addOne(a[from + k], panels, panelOffset + k * width, sums);
            }
            for (int j = 0; j < sums.length; j++) {
                c[to + j] += sums[j];
            }
        }
    }

    private static void addFour(float[] a, int from, float[] panels, int panel, float[] sums) {
        int width = sums.length;
        float a0 = a[from];
        float a1 = a[from + 1];
        float a2 = a[from + 2];
        float a3 = a[from + 3];
        int panel1 = panel + width;
        int panel2 = panel1 + width;
        int panel3 = panel2 + width;
        for (int j = 0; j < width; j++) {
            float sum = Math.fma(a0, panels[panel + j], sums[j]);
            sum = Math.fma(a1, panels[panel1 + j], sum);
            sum = Math.fma(a2, panels[panel2 + j], sum);
            sums[j] = Math.fma(a3, panels[panel3 + j], sum);
        }
    }

    private static void addOne(float factor, float[] panels, int panel, float[] sums) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] = Math.fma(factor, panels[panel + j], sums[j]);
        }
    }

    @Override
    public void layerNorm(float[] x, int offset, int size, float[] weight, float[] bias, double eps) {
        int whole = size / lanes * lanes;
        float[] sums = new float[lanes];
        for (int i = 0; i < whole; i++) {
            sums[i % lanes] += x[offset + i];
        }
        float sum = sum(sums);
        for (int i = whole; i < size; i++) {
            sum += x[offset + i];
        }
        float mean = sum / size;
        float[] squares = new float[lanes];
        for (int i = 0; i < whole; i++) {
            float centred = x[offset + i] - mean;
            squares[i % lanes] = Math.fma(centred, centred, squares[i % lanes]);
        }
        float square = sum(squares);
        for (int i = whole; i < size; i++) {
            square += (x[offset + i] - mean) * (x[offset + i] - mean);
        }
        float scale = (float) (1 / Math.sqrt(square / size + eps));
        for (int i = 0; i < whole; i++) {
            x[offset + i] = Math.fma((x[offset + i] - mean) * scale, weight[i], bias[i]);
        }
        for (int i = whole; i < size; i++) {
            x[offset + i] = (x[offset + i] - mean) * scale * weight[i] + bias[i];
        }
    }

    /** The sum of lanes, by halves; overwrites them. */
    private static float sum(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    @Override
    public float softmaxNumerators(float[] x, int offset, int size, float scale) {
        int end = (size + lanes - 1) / lanes * lanes;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            max = Math.max(max, x[offset + i]);
        }
        float[] sums = new float[lanes];
        for (int i = 0; i < end; i++) {
            float below = (max - (i < size ? x[offset + i] : Float.NEGATIVE_INFINITY)) * scale;
            float e = exp(-Math.min(below, EXP_MAX));
            x[offset + i] = e;
            sums[i % lanes] += e;
        }
        return 1 / sum(sums);
    }

    /** e^v for v between -EXP_MAX and EXP_MAX: 2ⁿ e^r with n the nearest integer to v / ln 2. */
    private static float exp(float v) {
        float shifted = Math.fma(v, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_HIGH, v);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(r, E6, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r * r, r + 1);
        // n added to the exponent's bits
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
    }

    @Override
    public void scale(float factor, float[] x, int xOffset, int size, float[] y, int yOffset) {
        for (int i = 0; i < size; i++) {
            y[yOffset + i] = factor * x[xOffset + i];
        }
    }

    @Override
    public void geluErf(float[] x, int offset, int size) {
        for (int i = offset; i < offset + size; i++) {
            x[i] = geluErf(x[i]);
        }
    }

    @Override
    public void geluTanh(float[] x, int offset, int size) {
        for (int i = offset; i < offset + size; i++) {
            x[i] = geluTanh(x[i]);
        }
    }

    @Override
    public void relu(float[] x, int offset, int size) {
        for (int i = offset; i < offset + size; i++) {
            x[i] = Math.max(x[i], 0);
        }
    }

    private static float geluErf(float x) {
        float a = Math.abs(x);
        float e = exp(-Math.min(a * a * 0.5f, EXP_MAX));
        float t = 1 / (a * ERFC_T + 1);
        float p = t * ERFC_P6 + ERFC_P5;
        p = Math.fma(p, t, ERFC_P4);
        p = Math.fma(p, t, ERFC_P3);
        p = Math.fma(p, t, ERFC_P2);
        p = Math.fma(p, t, ERFC_P1) * t;
        return Math.max(x, 0) - a * p * e;
    }

    private static float geluTanh(float x) {
        // ½(1 + tanh u) = 1/(1 + exp(-2u)), u = √(2/π)(x + c x³)
        float v = (x * x * (-2 * SQRT_2_OVER_PI * GELU_CUBIC) + -2 * SQRT_2_OVER_PI) * x;
        return x / (exp(Math.copySign(Math.min(Math.abs(v), EXP_MAX), v)) + 1);
    }

    @Override
    public void quantize(float[] x, int offset, int size, byte[] q, int qOffset, float[] scaleAndZero, int at) {
        float min = 0;
        float max = 0;
        for (int i = offset; i < offset + size; i++) {
            min = Math.min(min, x[i]);
            max = Math.max(max, x[i]);
        }
        setScaleAndZero(min, max, scaleAndZero, at);
        float inverse = 1 / scaleAndZero[at];
        float zero = scaleAndZero[at + 1];
        for (int i = 0; i < size; i++) {
            float rounded = x[offset + i] * inverse + (ROUND + zero) - ROUND;
            q[qOffset + i] = (byte) Math.max(0, Math.min(255, rounded));
        }
    }

    @Override
    public void dequantize(
            float[] y,
            int offset,
            int size,
            float[] scaleAndZero,
            int at,
            float[] bias,
            float[] sums,
            float @Nullable [] residual,
            int residualOffset) {
        float scale = scaleAndZero[at];
        float shift = -scale * scaleAndZero[at + 1];
        for (int i = 0; i < size; i++) {
            float start = Math.fma(shift, sums[i], bias[i]);
            start = residual == null ? start : start + residual[residualOffset + i];
            y[offset + i] = Math.fma(scale, y[offset + i], start);
        }
    }

    /** Scale and zero of a row of {@link Kernels#quantize} with values between two bounds, 0 among them. */
    static void setScaleAndZero(float min, float max, float[] scaleAndZero, int at) {
        float scale = stepBetween(min, max);
        scaleAndZero[at] = scale;
        scaleAndZero[at + 1] = Math.round(-min / scale);
    }

    /** A 255th of the way from one value to the other; 1 where all values are 0. */
    static float stepBetween(float min, float max) {
        return max == min ? 1 : (max - min) / 255;
    }

    @Override
    public String toString() {
        return "scalar";
    }
}
