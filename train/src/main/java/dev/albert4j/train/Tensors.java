package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Float values in and out of libtorch. */
@SuppressWarnings("try") // a PointerScope acts by being open
final class Tensors {
    private Tensors() {}

    /** A copy of the values of a float tensor, row-major. */
    static float[] floats(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            Tensor contiguous =
                    tensor.to(new Device(DeviceType.CPU), ScalarType.Float).contiguous();
            float[] values = new float[Math.toIntExact(contiguous.numel())];
            contiguous.data_ptr_float().get(values);
            return values;
        }
    }

    /** Copies of the values of named float tensors. */
    static Map<String, float[]> floats(Map<String, Tensor> tensors) {
        Map<String, float[]> values = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> values.put(name, floats(tensor)));
        return values;
    }

    /** A copy of values on a device, [n], int64. */
    static Tensor of(long[] values, Device device) {
        return tensor(values).to(device, ScalarType.Long);
    }

    /** A copy of values on a device, [n]. */
    static Tensor of(float[] values, Device device) {
        return tensor(values).to(device, ScalarType.Float);
    }

    /** Overwrites a float tensor; it keeps its gradient state. */
    static void set(Tensor tensor, float[] values) {
        if (tensor.numel() != values.length) {
            throw new IllegalArgumentException(
                    "expected " + tensor.numel() + " values for a tensor but got " + values.length);
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGrad = new NoGradGuard()) {
            tensor.copy_(tensor(values).view(tensor.sizes()));
        }
    }

    /** Lets a pointer outlive the {@code PointerScope} it was made in: whoever keeps it calls {@code releaseReference}. */
    static <P extends Pointer> P keep(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    /** The entry of a name. */
    static <T> T named(Map<String, T> entries, String name) {
        T entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("there is no parameter " + name);
        }
        return entry;
    }
}
