package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.ones_like;
import static org.bytedeco.pytorch.global.torch.where;

import dev.albert4j.model.AlbertWeights;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * In how many bits the trained model is to be used: its training rounds as that use does, forward only; the gradient passes
 * as if nothing had been rounded (Jacob et al. 2018, section 3).
 */
@SuppressWarnings("try") // a guard acts by being open
public enum Rounding {
    /** Floats: nothing is rounded. */
    NONE,

    /**
     * 8 bits, as {@link dev.albert4j.model.Int8Matrix} rounds matrices and {@link dev.albert4j.cpu.CpuEncoder} what it multiplies
     * with them.
     */
    INT8;

    private static final float MAX_WEIGHT = 127;
    private static final float MAX_INPUT = 255;

    /** Each row of a matrix on a grid that is symmetric to 0; [R, C]. */
    Tensor weights(Tensor matrix) {
        return this == NONE ? matrix : straightThrough(matrix, Rounding::symmetric);
    }

    /** Each row on a grid of 256 values from its least to its greatest, 0 among them; [N, C]. */
    Tensor inputs(Tensor rows) {
        return this == NONE ? rows : straightThrough(rows, Rounding::asymmetric);
    }

    /** The weights as they are used, and stored. */
    AlbertWeights of(AlbertWeights weights) {
        return this == NONE ? weights : weights.quantized();
    }

    /** The values of {@code rounding}, the gradient of the identity. */
    private static Tensor straightThrough(Tensor x, UnaryOperator<Tensor> rounding) {
        Tensor rounded;
        try (NoGradGuard noGrad = new NoGradGuard()) {
            rounded = rounding.apply(x);
        }
        return x.sub(x.detach()).add_(rounded); // 0 + rounded: exact
    }

    private static Tensor symmetric(Tensor matrix) {
        Tensor scale = orOne(matrix.abs().amax(new long[] {1}, true).div_(new Scalar(MAX_WEIGHT))); // [R, 1]
        return matrix.div(scale).round_().mul_(scale);
    }

    private static Tensor asymmetric(Tensor rows) {
        Scalar none = new Scalar(0f);
        Tensor min = rows.amin(new long[] {1}, true).clamp_max_(none); // [N, 1]
        Tensor max = rows.amax(new long[] {1}, true).clamp_min_(none); // [N, 1]
        Tensor scale = orOne(max.sub(min).div_(new Scalar(MAX_INPUT)));
        Tensor zero = min.neg().div_(scale).add_(new Scalar(0.5f)).floor_();
        Tensor integers = rows.mul(scale.reciprocal()).round_().add_(zero);
        return integers.clamp_min_(none)
                .clamp_max_(new Scalar(MAX_INPUT))
                .sub_(zero)
                .mul_(scale);
    }

    /** A scale, or 1 where all values are 0. */
    private static Tensor orOne(Tensor scale) {
        return where(scale.eq(new Scalar(0f)), ones_like(scale), scale);
    }
}
