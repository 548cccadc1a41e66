package dev.albert4j.cli;

import dev.albert4j.train.Precision;
import dev.albert4j.train.TrainingDevice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On what a model is trained, and in how many bits; both are settings of training. */
final class DeviceOptions {
    @Option(
            names = "--device",
            paramLabel = "D",
            description = "cpu (default), or cuda: an NVIDIA GPU (docs/pretraining.md says what that takes)")
    private @Nullable TrainingDevice device;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description =
                    "fp32 (default), or bf16: bfloat16 products, for processors that have them (AVX512-BF16, AMX)")
    private @Nullable Precision precision;
}
