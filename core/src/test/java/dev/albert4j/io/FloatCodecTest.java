package dev.albert4j.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FloatCodecTest {
    @Test
    void everyHalfSurvivesAWayThroughFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = FloatCodec.fromHalf((short) bits);
            if (Float.isNaN(value)) {
                assertThat(FloatCodec.fromHalf(FloatCodec.toHalf(value))).isNaN();
            } else {
                assertThat(FloatCodec.toHalf(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void everyBrainFloatSurvivesAWayThroughFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = FloatCodec.fromBrainFloat((short) bits);
            if (Float.isNaN(value)) {
                assertThat(FloatCodec.fromBrainFloat(FloatCodec.toBrainFloat(value)))
                        .isNaN();
            } else {
                assertThat(FloatCodec.toBrainFloat(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void knownHalvesAreRead() {
        assertThat(FloatCodec.fromHalf((short) 0x3c00)).isEqualTo(1);
        assertThat(FloatCodec.fromHalf((short) 0xc000)).isEqualTo(-2);
        assertThat(FloatCodec.fromHalf((short) 0x7bff)).isEqualTo(65504);
        assertThat(FloatCodec.fromHalf((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(FloatCodec.fromHalf((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void halvesAreRoundedToNearestWithTiesToEven() {
        assertThat(FloatCodec.toHalf(1 + 0x1p-11f)).isEqualTo((short) 0x3c00); // a tie, down to even
        assertThat(FloatCodec.toHalf(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02); // a tie, up to even
        assertThat(FloatCodec.toHalf(0x1p-25f)).isEqualTo((short) 0); // a tie with the smallest
        assertThat(FloatCodec.toHalf(0x1.8p-25f)).isEqualTo((short) 1);
        assertThat(FloatCodec.toHalf(65519.996f)).isEqualTo((short) 0x7bff);
        assertThat(FloatCodec.toHalf(65520)).isEqualTo((short) 0x7c00);
        assertThat(FloatCodec.toHalf(-1e30f)).isEqualTo((short) 0xfc00);
    }

    @Test
    void randomFloatsBecomeTheNearerNeighbour() {
        long seed = 17;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            float value = (float) ((random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(-26, 17)));
            nearest("seed " + seed, value, FloatCodec.fromHalf(FloatCodec.toHalf(value)), true);
            nearest("seed " + seed, value, FloatCodec.fromBrainFloat(FloatCodec.toBrainFloat(value)), false);
        }
    }

    private static void nearest(String seed, float value, float rounded, boolean half) {
        short bits = half ? FloatCodec.toHalf(rounded) : FloatCodec.toBrainFloat(rounded);
        double error = Math.abs((double) value - rounded);
        for (int step : new int[] {-1, 1}) {
            short other = (short) (bits + step);
            float neighbour = half ? FloatCodec.fromHalf(other) : FloatCodec.fromBrainFloat(other);
            if (Float.isFinite(neighbour)) {
                assertThat(error).as("%s: %s", seed, value).isLessThanOrEqualTo(Math.abs((double) value - neighbour));
            }
        }
    }
}
