package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.bytedeco.pytorch.global.torch.cuda_is_available;

import org.junit.jupiter.api.Test;

class TrainingDeviceTest {
    @Test
    void aGpuThatIsNotThereIsRefusedWithWhatItTakes() {
        assertThat(cuda_is_available())
                .as("these tests run on libtorch without CUDA")
                .isFalse();
        assertThatExceptionOfType(WrongSettingException.class)
                .isThrownBy(() -> new AlbertModel(TinyModels.weights(), TrainingDevice.CUDA))
                .withMessageContaining("linux-x86_64-gpu")
                .satisfies(wrong -> assertThat(wrong.setting()).isEqualTo("device"));
    }

    @Test
    void oneThreadFeedsAGpu() {
        assertThat(TrainingDevice.CUDA.numThreads(8)).isEqualTo(1);
        assertThat(TrainingDevice.CPU.numThreads(8)).isEqualTo(8);
    }

    @Test
    void processesOfOneMachineHaveAGpuEach() {
        assertThat(TrainingDevice.CPU.maxProcesses()).isEqualTo(Integer.MAX_VALUE);
        assertThat(TrainingDevice.CUDA.maxProcesses()).isZero();
        assertThat(TrainingDevice.CPU.environment(1)).isEmpty();
        assertThat(TrainingDevice.gpu(3, null)).isEqualTo("3");
        assertThat(TrainingDevice.gpu(1, "4, GPU-5f,6")).isEqualTo("GPU-5f");
    }
}
