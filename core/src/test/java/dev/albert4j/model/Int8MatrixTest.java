package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class Int8MatrixTest {
    @Test
    void eachRowIsRoundedToStepsOfItsOwn() {
        Int8Matrix matrix = Int8Matrix.of(new float[] {1, -0.5f, 0.25f, 0, 0, 0, -254, 3, 1}, 3, 3);
        assertThat(matrix.values()).containsExactly(127, -64, 32, 0, 0, 0, -127, 2, 0);
        assertThat(matrix.scales()).containsExactly(1 / 127f, 0, 2);
    }

    @Test
    void quantizingAgainFindsTheSameIntegers() {
        SplittableRandom random = new SplittableRandom(4);
        for (int round = 0; round < 50; round++) {
            float[] values = new float[20 * 30];
            float magnitude = (float) Math.pow(10, random.nextInt(-6, 6));
            for (int i = 0; i < values.length; i++) {
                values[i] = magnitude * (float) random.nextDouble(-1, 1);
            }
            Int8Matrix once = Int8Matrix.of(values, 20, 30);
            Int8Matrix twice = Int8Matrix.of(once.toFloats(), 20, 30);
            assertThat(twice.values()).isEqualTo(once.values());
            for (int row = 0; row < 20; row++) {
                assertThat(twice.scale(row)).isCloseTo(once.scale(row), Offset.offset(once.scale(row) * 1e-6f));
                for (int i = row * 30; i < row * 30 + 30; i++) {
                    assertThat(once.toFloats()[i]).isCloseTo(values[i], Offset.offset(once.scale(row) * 0.5001f));
                }
            }
        }
    }

    @Test
    void whatIsNotFiniteIsRefused() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Int8Matrix.of(new float[] {1, value}, 1, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be stored in 8 bits");
        }
    }
}
