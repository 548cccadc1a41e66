package dev.albert4j.checks;

import dev.albert4j.train.StepReport;
import dev.albert4j.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a training benchmark prints. */
final class TrainingSpeed {
    private TrainingSpeed() {}

    /** One JSON line: tokens a second over all steps and for the median step, and the largest resident memory of the process. */
    static void print(String model, String threads, TrainConfig config, List<StepReport> steps) throws IOException {
        double tokens = steps.stream().mapToDouble(StepReport::numTokens).sum();
        double seconds = steps.stream()
                .mapToDouble(step -> step.numTokens() / step.tokensPerSecond())
                .sum();
        double[] rates =
                steps.stream().mapToDouble(StepReport::tokensPerSecond).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "{\"model\":\"%s\",\"threads\":%s,\"precision\":\"%s\",\"steps\":%d,\"real_tokens_per_s\":%.1f,"
                        + "\"median_real_tokens_per_s\":%.1f,\"peak_rss_mb\":%d,\"java\":\"%s\"}%n",
                model,
                threads,
                config.precision(),
                steps.size(),
                tokens / seconds,
                rates[rates.length / 2],
                peakResidentMegabytes(),
                System.getProperty("java.version"));
    }

    /** Linux tells; elsewhere 0. */
    private static long peakResidentMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
