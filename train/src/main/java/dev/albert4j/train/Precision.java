package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.clear_cache;
import static org.bytedeco.pytorch.global.torch.decrement_nesting;
import static org.bytedeco.pytorch.global.torch.increment_nesting;
import static org.bytedeco.pytorch.global.torch.set_autocast_dtype;
import static org.bytedeco.pytorch.global.torch.set_autocast_enabled;

import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** In how many bits a forward pass, and so the backward pass after it, multiplies. Parameters, gradients and losses have 32. */
public enum Precision {
    /** 32 bits throughout. */
    FP32,

    /**
     * bfloat16 for matrix products and what lies between them: libtorch's autocast. Made for processors with such instructions
     * (AVX512-BF16, AMX) and GPUs.
     */
    BF16;

    /** Runs a forward pass of the calling thread. */
    <T> T on(DeviceType device, Supplier<T> forward) {
        if (this == FP32) {
            return forward.get();
        }
        set_autocast_dtype(device, ScalarType.BFloat16);
        set_autocast_enabled(device, true);
        increment_nesting();
        try {
            return forward.get();
        } finally {
            decrement_nesting();
            clear_cache(); // the weights' copies in 16 bits
            set_autocast_enabled(device, false);
        }
    }
}
