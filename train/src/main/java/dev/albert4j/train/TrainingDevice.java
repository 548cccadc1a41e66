package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.cuda_device_count;
import static org.bytedeco.pytorch.global.torch.cuda_is_available;

import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.jspecify.annotations.Nullable;

/** Where a model is trained. */
public enum TrainingDevice {
    /** The processor's cores. */
    CPU(DeviceType.CPU),

    /**
     * The first NVIDIA GPU: needs JavaCPP's {@code pytorch} natives with the extension {@code -gpu}, and CUDA, on the class path. One
     * thread feeds it.
     */
    CUDA(DeviceType.CUDA);

    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES"; // of CUDA itself: the GPUs that a process sees

    private final DeviceType type;

    TrainingDevice(DeviceType type) {
        this.type = type;
    }

    DeviceType type() {
        return type;
    }

    /** As libtorch names it; belongs to the caller's {@code PointerScope}. */
    Device torch() {
        return new Device(type);
    }

    /**
     * Checks that it is there.
     *
     * @throws WrongSettingException if there is no such device here
     */
    void check() {
        if (this == CUDA && !cuda_is_available()) {
            throw new WrongSettingException(
                    "device",
                    "CUDA is not to be had: it takes an NVIDIA GPU, and libtorch built for CUDA on the class path"
                            + " (org.bytedeco:pytorch with the classifier linux-x86_64-gpu)");
        }
    }

    /** Most processes of this machine that can train on it together: on GPUs, one each. */
    public int maxProcesses() {
        return this == CUDA ? cuda_device_count() : Integer.MAX_VALUE;
    }

    /**
     * What is added to the environment of another process of this machine so that it trains on a device of its own.
     *
     * @param process its number, from 1 to {@link #maxProcesses} - 1; this one's is 0
     */
    public Map<String, String> environment(int process) {
        return this == CUDA ? Map.of(VISIBLE, gpu(process, System.getenv(VISIBLE))) : Map.of();
    }

    static String gpu(int process, @Nullable String visible) {
        return visible == null ? Integer.toString(process) : visible.split(",")[process].strip();
    }

    /** Threads to train with, where so many are asked for. */
    int numThreads(int asked) {
        return this == CUDA ? 1 : asked;
    }
}
