package dev.albert4j.cli;

import dev.albert4j.train.Evaluation;
import dev.albert4j.train.Finetuned;
import dev.albert4j.train.Finetuner;
import dev.albert4j.train.LossSpikes;
import dev.albert4j.train.RunLog;
import dev.albert4j.train.RunReport;
import dev.albert4j.train.StepReport;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingStoppedException;
import dev.albert4j.train.TrainingTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Trains under the eyes of a person: a progress bar, a line an evaluation, a log file, TensorBoard. */
final class RunRecord {
    private static final String LOG = "log.jsonl";
    private static final String REPORT = "report.html";

    private final Path runDirectory;
    private final @Nullable Path tensorboard;
    private @Nullable LossSpikes spikes;

    /**
     * @param runDirectory where the log is until the run is done
     * @param tensorboard directory for event files, or null for none
     */
    RunRecord(Path runDirectory, @Nullable Path tensorboard) {
        this.runDirectory = runDirectory;
        this.tensorboard = tensorboard;
    }

    /** Has spikes of the loss reported. */
    RunRecord withSpikes() {
        spikes = new LossSpikes();
        return this;
    }

    /** Trains to the end. */
    Finetuned train(Finetuner finetuner, TrainingTask task, TrainConfig settings) throws IOException {
        try (ProgressBar progress = new ProgressBar("training");
                RunLog log = RunLog.of(runDirectory.resolve(LOG), tensorboard)) {
            Finetuned result = finetuner
                    .onResume(step -> {
                        progress.println(
                                String.format(Locale.ROOT, "going on with the unfinished run after step %,d", step));
                        write(() -> log.resume(step));
                    })
                    .onStep(step -> {
                        progress.show(step.step(), step.totalSteps(), detail(step));
                        write(() -> log.step(step));
                        reportSpike(step, progress, log);
                    })
                    .onEvaluation(evaluation -> {
                        progress.println(line(evaluation));
                        write(() -> log.evaluation(evaluation));
                    })
                    .run(task);
            if (settings.isOutOfPatience(result.history())) {
                progress.println("ended early: " + settings.patience() + " evaluations without a better metric");
            }
            return result;
        } catch (TrainingStoppedException e) {
            System.err.println(e.getMessage()); // here and not later: the process may be about to end
            throw e;
        }
    }

    private void reportSpike(StepReport step, ProgressBar progress, RunLog log) {
        if (spikes != null) {
            spikes.add(step).ifPresent(spike -> {
                progress.println(String.format(
                        Locale.ROOT,
                        "step %,d: the loss %.4f is far above the %.4f ± %.4f of the steps before",
                        spike.step(),
                        spike.loss(),
                        spike.mean(),
                        spike.deviation()));
                write(() -> log.spike(spike, step.epoch()));
            });
        }
    }

    /** Puts the log of a run that is done beside its model, and a page made of it. */
    void moveTo(Path model, RunReport report) throws IOException {
        Path log = runDirectory.resolve(LOG);
        // The page first: if it fails, the log is still where a second start of the run looks for it.
        report.write(log, model.resolve(REPORT));
        if (Files.exists(log)) {
            Files.move(log, model.resolve(LOG), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** What may fail for want of space. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    private static void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line(Evaluation evaluation) {
        return String.format(
                Locale.ROOT,
                "%s: %s%s",
                spikes == null
                        ? "epoch " + evaluation.epoch()
                        : String.format(Locale.ROOT, "epoch %d, step %,d", evaluation.epoch(), evaluation.step()),
                metrics(evaluation.report().metrics()),
                evaluation.best() ? "  (best so far)" : "");
    }

    private static String metrics(Map<String, Double> metrics) {
        return metrics.entrySet().stream()
                .map(metric -> String.format(
                        Locale.ROOT,
                        "%s %.4f",
                        metric.getKey()
                                .replace('_', ' ')
                                .replace("f1", "F1")
                                .replace("mlm", "MLM")
                                .replace("sop", "SOP"),
                        metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String detail(StepReport step) {
        return String.format(
                Locale.ROOT,
                "epoch %d  loss %.4f  %,.0f tokens/s ",
                step.epoch() + 1,
                step.loss(),
                step.tokensPerSecond());
    }
}
