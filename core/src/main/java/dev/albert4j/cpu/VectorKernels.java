package dev.albert4j.cpu;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link Kernels} on the Vector API; loaded by name where the module is present.
 *
 * <p>The products keep a tile of c in registers: two vectors wide, and as many rows high as the machine has registers
 * for. Each row of the tile sums in the same order whatever the height, so a row's result does not depend on it. Sums of
 * lanes are taken in an order of our own: {@code reduceLanes} may take another once compiled.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    // as many bytes as SPECIES has lanes
    private static final VectorSpecies<Byte> BYTES =
            SPECIES.length() >= 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final int LANES = SPECIES.length();
    private static final int WIDTH = 2 * LANES;
    private static final Kernels SCALAR = new ScalarKernels(LANES);
    // AVX-512 and ARM have 32 vector registers, AVX2 and SSE 16.
    private static final boolean MANY_REGISTERS =
            SPECIES.vectorBitSize() == 512 || System.getProperty("os.arch", "").equals("aarch64");

    private static int readAhead; // never read: it keeps the compiler from leaving out reads

    private static final VectorShuffle<Float> ROTATE_HALF = rotation(LANES / 2);
    private static final VectorShuffle<Float> ROTATE_QUARTER = rotation(LANES / 4);
    private static final VectorShuffle<Float> ROTATE_EIGHTH = rotation(LANES / 8);
    private static final VectorShuffle<Float> ROTATE_SIXTEENTH = rotation(LANES / 16);

    private static final int EXP_MAX_BITS = Float.floatToRawIntBits(ScalarKernels.EXP_MAX);
    private static final int ROUND_BITS = Float.floatToRawIntBits(ScalarKernels.ROUND);

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane + by) % LANES);
    }

    @Override
    public int panelWidth() {
        return WIDTH;
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
        int row = 0;
        if (MANY_REGISTERS) {
            // Each tile also reads its share of the next panel, a line now and then: weights of more than the
            // second-level
            // cache are there when they are asked for, and the first tile need not wait for memory.
            int next = panelOffset + depth * WIDTH;
            int numTiles = (rows + 3) / 8;
            boolean readsAhead = numTiles > 1 && next + depth * WIDTH <= panels.length;
            int step = readsAhead ? WIDTH / numTiles : 0;
            int ahead = readsAhead ? next : panelOffset;
            int read = 0;
            for (; rows - row > 4; row += 8) {
                read |= rows8(
                        depth,
                        a,
                        aOffset + row * LEFT_STRIDE,
                        panels,
                        panelOffset,
                        c,
                        cOffset + row * cStride,
                        cStride,
                        ahead,
                        step);
                ahead += depth * step;
            }
            readAhead = read;
        }
        for (; rows - row > 0; row += 4) {
            rows4(depth, a, aOffset + row * LEFT_STRIDE, panels, panelOffset, c, cOffset + row * cStride, cStride);
        }
    }

    private static int rows8(
            int depth, float[] a, int a0, float[] panel, int p0, float[] c, int c0, int cStride, int ahead, int step) {
        FloatVector l0 = FloatVector.zero(SPECIES);
        FloatVector r0 = FloatVector.zero(SPECIES);
        FloatVector l1 = FloatVector.zero(SPECIES);
        FloatVector r1 = FloatVector.zero(SPECIES);
        FloatVector l2 = FloatVector.zero(SPECIES);
        FloatVector r2 = FloatVector.zero(SPECIES);
        FloatVector l3 = FloatVector.zero(SPECIES);
        FloatVector r3 = FloatVector.zero(SPECIES);
        FloatVector l4 = FloatVector.zero(SPECIES);
        FloatVector r4 = FloatVector.zero(SPECIES);
        FloatVector l5 = FloatVector.zero(SPECIES);
        FloatVector r5 = FloatVector.zero(SPECIES);
        FloatVector l6 = FloatVector.zero(SPECIES);
        FloatVector r6 = FloatVector.zero(SPECIES);
        FloatVector l7 = FloatVector.zero(SPECIES);
        FloatVector r7 = FloatVector.zero(SPECIES);
        int read = 0;
        for (int k = 0; k < depth; k++) {
            read |= Float.floatToRawIntBits(panel[ahead + k * step]);
            FloatVector left = FloatVector.fromArray(SPECIES, panel, p0 + k * WIDTH);
            FloatVector right = FloatVector.fromArray(SPECIES, panel, p0 + k * WIDTH + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
            l0 = x0.fma(left, l0);
            r0 = x0.fma(right, r0);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + k + LEFT_STRIDE]);
            l1 = x1.fma(left, l1);
            r1 = x1.fma(right, r1);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + k + 2 * LEFT_STRIDE]);
            l2 = x2.fma(left, l2);
            r2 = x2.fma(right, r2);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + k + 3 * LEFT_STRIDE]);
            l3 = x3.fma(left, l3);
            r3 = x3.fma(right, r3);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a[a0 + k + 4 * LEFT_STRIDE]);
            l4 = x4.fma(left, l4);
            r4 = x4.fma(right, r4);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a[a0 + k + 5 * LEFT_STRIDE]);
            l5 = x5.fma(left, l5);
            r5 = x5.fma(right, r5);
            FloatVector x6 = FloatVector.broadcast(SPECIES, a[a0 + k + 6 * LEFT_STRIDE]);
            l6 = x6.fma(left, l6);
            r6 = x6.fma(right, r6);
            FloatVector x7 = FloatVector.broadcast(SPECIES, a[a0 + k + 7 * LEFT_STRIDE]);
            l7 = x7.fma(left, l7);
            r7 = x7.fma(right, r7);
        }
        int j = c0;
        FloatVector.fromArray(SPECIES, c, j).add(l0).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r0).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l1).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r1).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l2).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r2).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l3).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r3).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l4).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r4).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l5).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r5).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l6).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r6).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l7).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r7).intoArray(c, j + LANES);
        return read;
    }

    private static void rows4(int depth, float[] a, int a0, float[] panel, int p0, float[] c, int c0, int cStride) {
        FloatVector l0 = FloatVector.zero(SPECIES);
        FloatVector r0 = FloatVector.zero(SPECIES);
        FloatVector l1 = FloatVector.zero(SPECIES);
        FloatVector r1 = FloatVector.zero(SPECIES);
        FloatVector l2 = FloatVector.zero(SPECIES);
        FloatVector r2 = FloatVector.zero(SPECIES);
        FloatVector l3 = FloatVector.zero(SPECIES);
        FloatVector r3 = FloatVector.zero(SPECIES);
        int p = p0; // a tenth faster on JDK 17 and AVX2 than counted anew
        for (int k = 0; k < depth; k++) {
            FloatVector left = FloatVector.fromArray(SPECIES, panel, p);
            FloatVector right = FloatVector.fromArray(SPECIES, panel, p + LANES);
            p += WIDTH;
            FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
            l0 = x0.fma(left, l0);
            r0 = x0.fma(right, r0);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + k + LEFT_STRIDE]);
            l1 = x1.fma(left, l1);
            r1 = x1.fma(right, r1);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + k + 2 * LEFT_STRIDE]);
            l2 = x2.fma(left, l2);
            r2 = x2.fma(right, r2);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + k + 3 * LEFT_STRIDE]);
            l3 = x3.fma(left, l3);
            r3 = x3.fma(right, r3);
        }
        int j = c0;
        FloatVector.fromArray(SPECIES, c, j).add(l0).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r0).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l1).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r1).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l2).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r2).intoArray(c, j + LANES);
        j += cStride;
        FloatVector.fromArray(SPECIES, c, j).add(l3).intoArray(c, j);
        FloatVector.fromArray(SPECIES, c, j + LANES).add(r3).intoArray(c, j + LANES);
    }

    @Override
    public void layerNorm(float[] x, int offset, int size, float[] weight, float[] bias, double eps) {
        int whole = SPECIES.loopBound(size);
        FloatVector sums = FloatVector.zero(SPECIES);
        for (int i = 0; i < whole; i += LANES) {
            sums = sums.add(FloatVector.fromArray(SPECIES, x, offset + i));
        }
        float sum = sum(sums);
        for (int i = whole; i < size; i++) {
            sum += x[offset + i];
        }
        float mean = sum / size;
        FloatVector squares = FloatVector.zero(SPECIES);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector centred = FloatVector.fromArray(SPECIES, x, offset + i).sub(mean);
            squares = centred.fma(centred, squares);
        }
        float square = sum(squares);
        for (int i = whole; i < size; i++) {
            square += (x[offset + i] - mean) * (x[offset + i] - mean);
        }
        float scale = (float) (1 / Math.sqrt(square / size + eps));
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(SPECIES, x, offset + i)
                    .sub(mean)
                    .mul(scale)
                    .fma(FloatVector.fromArray(SPECIES, weight, i), FloatVector.fromArray(SPECIES, bias, i))
                    .intoArray(x, offset + i);
        }
        for (int i = whole; i < size; i++) {
            x[offset + i] = (x[offset + i] - mean) * scale * weight[i] + bias[i];
        }
    }

    private static float sum(FloatVector v) {
        FloatVector s = v.add(v.rearrange(ROTATE_HALF));
        s = s.add(s.rearrange(ROTATE_QUARTER));
        if (LANES >= 8) {
            s = s.add(s.rearrange(ROTATE_EIGHTH));
        }
        if (LANES >= 16) {
            s = s.add(s.rearrange(ROTATE_SIXTEENTH));
        }
        return s.lane(0);
    }

    @Override
    public float softmaxNumerators(float[] x, int offset, int size, float scale) {
        int end = (size + LANES - 1) / LANES * LANES;
        for (int i = size; i < end; i++) {
            x[offset + i] = Float.NEGATIVE_INFINITY; // adds e^-87 to a sum of at least 1: nothing
        }
        IntVector greatest = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        for (int i = 0; i < end; i += LANES) {
            IntVector bits = FloatVector.fromArray(SPECIES, x, offset + i).reinterpretAsInts();
            greatest = greatest.max(inOrder(bits));
        }
        float max = Float.intBitsToFloat(inOrder(greatest.reduceLanes(VectorOperators.MAX)));
        FloatVector sums = FloatVector.zero(SPECIES);
        for (int i = 0; i < end; i += LANES) {
            FloatVector below = FloatVector.broadcast(SPECIES, max)
                    .sub(FloatVector.fromArray(SPECIES, x, offset + i))
                    .mul(scale);
            // exp, written out: HotSpot compiles a method of more than 325 bytes by itself. Inlined into the
            // loops over heads and rows, this one was slower: 256 tokens of a small model in 8 bits took
            // 7 to 12 % longer.
            FloatVector v = atMostExpMax(below).neg();
            FloatVector shifted = v.fma(
                    FloatVector.broadcast(SPECIES, ScalarKernels.LOG2_E),
                    FloatVector.broadcast(SPECIES, ScalarKernels.ROUND));
            FloatVector n = shifted.sub(ScalarKernels.ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -ScalarKernels.LN2_HIGH), v);
            r = n.fma(FloatVector.broadcast(SPECIES, -ScalarKernels.LN2_LOW), r);
            FloatVector p = r.fma(
                            FloatVector.broadcast(SPECIES, ScalarKernels.E6),
                            FloatVector.broadcast(SPECIES, ScalarKernels.E5))
                    .fma(r, FloatVector.broadcast(SPECIES, ScalarKernels.E4))
                    .fma(r, FloatVector.broadcast(SPECIES, ScalarKernels.E3))
                    .fma(r, FloatVector.broadcast(SPECIES, ScalarKernels.E2))
                    .fma(r.mul(r), r.add(1));
            IntVector exponents = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            FloatVector e = p.reinterpretAsInts().add(exponents).reinterpretAsFloats();
            e.intoArray(x, offset + i);
            sums = sums.add(e);
        }
        return 1 / (sum(sums) + (max - max)); // NaN if that is what was greatest: above, it was cut to EXP_MAX
    }

    /**
     * The bits of floats as integers in the order of the floats; applied to those, the bits. {@code min} and {@code max} of integers
     * are an instruction each, those of floats, with Java's zeros and NaN, many.
     */
    private static IntVector inOrder(IntVector bits) {
        return bits.lanewise(VectorOperators.ASHR, 31).and(Integer.MAX_VALUE).lanewise(VectorOperators.XOR, bits);
    }

    private static int inOrder(int bits) {
        return bits >> 31 & Integer.MAX_VALUE ^ bits;
    }

    /** The lesser of EXP_MAX and v, which is not negative. */
    private static FloatVector atMostExpMax(FloatVector v) {
        return v.reinterpretAsInts().min(EXP_MAX_BITS).reinterpretAsFloats();
    }

    @Override
    public void scale(float factor, float[] x, int xOffset, int size, float[] y, int yOffset) {
        if (size < LANES) {
            SCALAR.scale(factor, x, xOffset, size, y, yOffset);
            return;
        }
        int last = size - LANES; // where the last vector begins; it may overlap the one before
        for (int i = 0; i < last; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor).intoArray(y, yOffset + i);
        }
        FloatVector.fromArray(SPECIES, x, xOffset + last).mul(factor).intoArray(y, yOffset + last);
    }

    @Override
    public void geluErf(float[] x, int offset, int size) {
        for (int i = 0; i < size; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector a = v.abs();
            // first, while the compiler still inlines methods of ours into this one
            FloatVector e = exp(atMostExpMax(a.mul(a).mul(0.5f)).neg());
            FloatVector t = FloatVector.broadcast(SPECIES, 1)
                    .div(a.mul(ScalarKernels.ERFC_T).add(1));
            FloatVector p = t.mul(ScalarKernels.ERFC_P6)
                    .add(ScalarKernels.ERFC_P5)
                    .fma(t, FloatVector.broadcast(SPECIES, ScalarKernels.ERFC_P4))
                    .fma(t, FloatVector.broadcast(SPECIES, ScalarKernels.ERFC_P3))
                    .fma(t, FloatVector.broadcast(SPECIES, ScalarKernels.ERFC_P2))
                    .fma(t, FloatVector.broadcast(SPECIES, ScalarKernels.ERFC_P1))
                    .mul(t);
            v.reinterpretAsInts()
                    .max(0)
                    .reinterpretAsFloats()
                    .sub(a.mul(p).mul(e))
                    .intoArray(x, offset + i);
        }
    }

    @Override
    public void geluTanh(float[] x, int offset, int size) {
        for (int i = 0; i < size; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector u = v.mul(v)
                    .mul(-2 * ScalarKernels.SQRT_2_OVER_PI * ScalarKernels.GELU_CUBIC)
                    .add(-2 * ScalarKernels.SQRT_2_OVER_PI)
                    .mul(v);
            IntVector sign = u.reinterpretAsInts().and(Integer.MIN_VALUE);
            FloatVector e =
                    exp(atMostExpMax(u.abs()).reinterpretAsInts().or(sign).reinterpretAsFloats());
            v.div(e.add(1)).intoArray(x, offset + i); // ½(1 + tanh u) = 1/(1 + exp(-2u))
        }
    }

    @Override
    public void relu(float[] x, int offset, int size) {
        for (int i = 0; i < size; i += LANES) {
            FloatVector.fromArray(SPECIES, x, offset + i).max(0).intoArray(x, offset + i);
        }
    }

    @Override
    public void quantize(float[] x, int offset, int size, byte[] q, int qOffset, float[] scaleAndZero, int at) {
        if (LANES < 8 || size < LANES) { // there are no vectors of four bytes
            SCALAR.quantize(x, offset, size, q, qOffset, scaleAndZero, at);
            return;
        }
        int last = size - LANES; // where the last vector begins; it may overlap the one before
        IntVector greatest = IntVector.zero(INTS); // of the bits of x, and of -x: 0, where there is nothing above 0
        IntVector greatestNegated = greatest;
        for (int i = 0; i < last; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
            greatest = greatest.max(v.reinterpretAsInts());
            greatestNegated = greatestNegated.max(v.neg().reinterpretAsInts());
        }
        FloatVector end = FloatVector.fromArray(SPECIES, x, offset + last);
        float max = Float.intBitsToFloat(greatest.max(end.reinterpretAsInts()).reduceLanes(VectorOperators.MAX));
        float min = -Float.intBitsToFloat(
                greatestNegated.max(end.neg().reinterpretAsInts()).reduceLanes(VectorOperators.MAX));
        ScalarKernels.setScaleAndZero(min, max, scaleAndZero, at);
        float inverse = 1 / scaleAndZero[at];
        float shift = ScalarKernels.ROUND + scaleAndZero[at + 1];
        for (int i = 0; i < last; i += LANES) {
            round(x, offset + i, inverse, shift, q, qOffset + i);
        }
        round(x, offset + last, inverse, shift, q, qOffset + last);
    }

    private static void round(float[] x, int offset, float inverse, float shift, byte[] q, int qOffset) {
        FloatVector rounded =
                FloatVector.fromArray(SPECIES, x, offset).mul(inverse).add(shift);
        IntVector integers = rounded.reinterpretAsInts().max(ROUND_BITS).min(ROUND_BITS + 255);
        ByteVector bytes = (ByteVector) integers.castShape(BYTES, 0);
        bytes.intoArray(q, qOffset);
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
        FloatVector factor = FloatVector.broadcast(SPECIES, scale);
        FloatVector shift = FloatVector.broadcast(SPECIES, -scale * scaleAndZero[at + 1]);
        if (residual == null) {
            for (int i = 0; i < size; i += LANES) {
                FloatVector start =
                        shift.fma(FloatVector.fromArray(SPECIES, sums, i), FloatVector.fromArray(SPECIES, bias, i));
                factor.fma(FloatVector.fromArray(SPECIES, y, offset + i), start).intoArray(y, offset + i);
            }
        } else {
            for (int i = 0; i < size; i += LANES) {
                FloatVector start = shift.fma(
                                FloatVector.fromArray(SPECIES, sums, i), FloatVector.fromArray(SPECIES, bias, i))
                        .add(FloatVector.fromArray(SPECIES, residual, residualOffset + i));
                factor.fma(FloatVector.fromArray(SPECIES, y, offset + i), start).intoArray(y, offset + i);
            }
        }
    }

    /** e^v for v between -EXP_MAX and EXP_MAX: 2ⁿ e^r with n the nearest integer to v / ln 2. */
    private static FloatVector exp(FloatVector v) {
        FloatVector shifted = v.fma(
                FloatVector.broadcast(SPECIES, ScalarKernels.LOG2_E),
                FloatVector.broadcast(SPECIES, ScalarKernels.ROUND));
        FloatVector n = shifted.sub(ScalarKernels.ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -ScalarKernels.LN2_HIGH), v);
        r = n.fma(FloatVector.broadcast(SPECIES, -ScalarKernels.LN2_LOW), r);
        FloatVector p = r.fma(
                        FloatVector.broadcast(SPECIES, ScalarKernels.E6),
                        FloatVector.broadcast(SPECIES, ScalarKernels.E5))
                .fma(r, FloatVector.broadcast(SPECIES, ScalarKernels.E4))
                .fma(r, FloatVector.broadcast(SPECIES, ScalarKernels.E3))
                .fma(r, FloatVector.broadcast(SPECIES, ScalarKernels.E2));
        p = p.fma(r.mul(r), r.add(1));
        // n added to the exponent's bits
        return p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }

    @Override
    public String toString() {
        return "vector " + SPECIES.vectorBitSize() + " bits";
    }
}
