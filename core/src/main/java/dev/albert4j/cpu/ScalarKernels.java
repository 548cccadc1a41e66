package dev.albert4j.cpu;

import dev.albert4j.model.Activation;
import org.jspecify.annotations.Nullable;

/** {@link Kernels} in plain Java, for virtual machines that run without the Vector API. */
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

    // Wide enough for the compiler to make vectors of the loops over a panel's columns, narrow enough for small models.
    private static final int PANEL_WIDTH = 32;

    @Override
    public int panelWidth() {
        return PANEL_WIDTH;
    }

    @Override
    public void multiply(
            int rows,
            int depth,
            float[] a,
            int aOffset,
            int aStride,
            float[] panels,
            int panelOffset,
            float[] c,
            int cOffset,
            int cStride) {
        for (int row = 0; row < rows; row++) {
            int from = aOffset + row * aStride;
            int to = cOffset + row * cStride;
            int k = 0;
            for (; k + 4 <= depth; k += 4) {
                addFour(a, from + k, panels, panelOffset + k * PANEL_WIDTH, c, to);
            }
            for (; k < depth; k++) {
                addOne(a[from + k], panels, panelOffset + k * PANEL_WIDTH, c, to);
            }
        }
    }

    private static void addFour(float[] a, int from, float[] panels, int panel, float[] c, int to) {
        float a0 = a[from];
        float a1 = a[from + 1];
        float a2 = a[from + 2];
        float a3 = a[from + 3];
        for (int j = 0; j < PANEL_WIDTH; j++) {
            c[to + j] += a0 * panels[panel + j]
                    + a1 * panels[panel + PANEL_WIDTH + j]
                    + a2 * panels[panel + 2 * PANEL_WIDTH + j]
                    + a3 * panels[panel + 3 * PANEL_WIDTH + j];
        }
    }

    private static void addOne(float factor, float[] panels, int panel, float[] c, int to) {
        for (int j = 0; j < PANEL_WIDTH; j++) {
            c[to + j] += factor * panels[panel + j];
        }
    }

    @Override
    public void layerNorm(float[] x, int offset, int size, float[] weight, float[] bias, double eps) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += x[offset + i];
        }
        float mean = (float) (sum / size);
        double squares = 0;
        for (int i = 0; i < size; i++) {
            float centred = x[offset + i] - mean;
            squares += centred * centred;
        }
        float scale = (float) (1 / Math.sqrt(squares / size + eps));
        for (int i = 0; i < size; i++) {
            x[offset + i] = (x[offset + i] - mean) * scale * weight[i] + bias[i];
        }
    }

    @Override
    public float softmaxNumerators(float[] x, int offset, int size, float scale) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = offset; i < offset + size; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = offset; i < offset + size; i++) {
            x[i] = (float) Math.exp((x[i] - max) * scale);
            sum += x[i];
        }
        return (float) (1 / sum);
    }

    @Override
    public void scale(float factor, float[] x, int xOffset, int size, float[] y, int yOffset) {
        for (int i = 0; i < size; i++) {
            y[yOffset + i] = factor * x[xOffset + i];
        }
    }

    @Override
    public void activate(Activation activation, float[] x, int offset, int size) {
        for (int i = offset; i < offset + size; i++) {
            x[i] = switch (activation) {
                case GELU_ERF -> geluErf(x[i]);
                case GELU_TANH -> geluTanh(x[i]);
                case RELU -> Math.max(x[i], 0);
            };
        }
    }

    private static float geluErf(float x) {
        float a = Math.abs(x);
        float t = 1 / (1 + ERFC_T * a);
        float p = (((((ERFC_P6 * t + ERFC_P5) * t + ERFC_P4) * t + ERFC_P3) * t + ERFC_P2) * t + ERFC_P1) * t;
        return Math.max(x, 0) - a * p * (float) Math.exp(-0.5f * a * a);
    }

    private static float geluTanh(float x) {
        // ½(1 + tanh u) = 1/(1 + exp(-2u))
        float u = SQRT_2_OVER_PI * x * (1 + GELU_CUBIC * x * x);
        return x / (1 + (float) Math.exp(-2 * u));
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
        float shift = scale * scaleAndZero[at + 1];
        for (int i = 0; i < size; i++) {
            float value = scale * y[offset + i] + (bias[i] - shift * sums[i]);
            y[offset + i] = residual == null ? value : value + residual[residualOffset + i];
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
