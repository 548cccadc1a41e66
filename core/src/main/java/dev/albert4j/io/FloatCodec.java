package dev.albert4j.io;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Floats to and from their stored forms; little-endian is the buffer's order to set. */
final class FloatCodec {
    private static final int MAX_CHUNK = 8192;

    private FloatCodec() {}

    /**
     * Reads {@code count} numbers from the buffer's position, which moves on.
     *
     * @param out receives them from index {@code begin}; F64 is rounded to nearest
     */
    static void decode(ByteBuffer buffer, DataType type, float[] out, int begin, int count) {
        int end = begin + count;
        switch (type) {
            case F32 -> {
                FloatBuffer floats = buffer.asFloatBuffer();
                floats.get(out, begin, count);
                buffer.position(buffer.position() + count * Float.BYTES);
            }
            case F16, BF16 -> {
                // By way of an array: a buffer's single elements are slow until a compiler has seen them.
                short[] chunk = new short[Math.min(count, MAX_CHUNK)];
                for (int i = begin; i < end; i += chunk.length) {
                    int size = Math.min(chunk.length, end - i);
                    buffer.asShortBuffer().get(chunk, 0, size);
                    buffer.position(buffer.position() + size * Short.BYTES);
                    decode(chunk, type == DataType.F16, out, i, size);
                }
            }
            case F64 -> {
                for (int i = begin; i < end; i++) {
                    out[i] = (float) buffer.getDouble();
                }
            }
            case I8 -> {
                for (int i = begin; i < end; i++) {
                    out[i] = buffer.get();
                }
            }
            default -> throw new IllegalArgumentException(type + " is not read as floats");
        }
    }

    private static void decode(short[] values, boolean half, float[] out, int begin, int count) {
        for (int i = 0; i < count; i++) {
            out[begin + i] = half ? fromHalf(values[i]) : fromBrainFloat(values[i]);
        }
    }

    /** Writes {@code count} floats from index {@code begin} at the buffer's position, rounded to nearest, ties to even. */
    static void encode(float[] values, int begin, int count, DataType type, ByteBuffer buffer) {
        int end = begin + count;
        switch (type) {
            case F32 -> {
                buffer.asFloatBuffer().put(values, begin, count);
                buffer.position(buffer.position() + count * Float.BYTES);
            }
            case F16 -> {
                for (int i = begin; i < end; i++) {
                    buffer.putShort(toHalf(values[i]));
                }
            }
            case BF16 -> {
                for (int i = begin; i < end; i++) {
                    buffer.putShort(toBrainFloat(values[i]));
                }
            }
            case F64 -> {
                for (int i = begin; i < end; i++) {
                    buffer.putDouble(values[i]);
                }
            }
            case I8 -> {
                for (int i = begin; i < end; i++) {
                    buffer.put((byte) Math.max(-128, Math.min(127, Math.round(values[i]))));
                }
            }
            default -> throw new IllegalArgumentException(type + " is not read as floats");
        }
    }

    /** IEEE 754 binary16, exactly. */
    static float fromHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112; // the biases are 15 and 127
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** The nearest IEEE 754 binary16, ties to even; beyond its range infinity; NaN stays NaN. */
    static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00 | magnitude >> 13 & 0x3ff);
        }
        if (magnitude >= 0x47800000) { // 65536 and above
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) { // below 2^-14, the smallest normal: adding 0.5 rounds at 2^-24
            float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | Float.floatToRawIntBits(shifted) - 0x3f000000);
        }
        int rounded = magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1);
        return (short) (sign | rounded >> 13);
    }

    /** bfloat16, exactly. */
    static float fromBrainFloat(short value) {
        return Float.intBitsToFloat(value << 16);
    }

    /** The nearest bfloat16, ties to even; NaN stays NaN. */
    static short toBrainFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) (bits >> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >> 16 & 1) >> 16);
    }
}
