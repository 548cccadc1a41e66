package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.cuda_is_available;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.DeviceType;

/** Where a model is trained. */
public enum TrainingDevice {
    /** The processor's cores. */
    CPU(DeviceType.CPU),

    /**
     * The first NVIDIA GPU: needs JavaCPP's {@code pytorch} natives with the extension {@code -gpu}, and CUDA, on the class path. One
     * thread feeds it.
     */
    CUDA(DeviceType.CUDA);

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

    /** Threads to train with, where so many are asked for. */
    int numThreads(int asked) {
        return this == CUDA ? 1 : asked;
    }
}
