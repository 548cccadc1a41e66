package dev.albert4j.train;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.ThresholdTuning;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tunes a model for a task, or pre-trains it: trains, evaluates on development data, keeps the best weights.
 *
 * <p>With a {@link RunDirectory}, a run that was stopped (by {@link #stop}, an interrupt, the end of the process, or a power
 * failure) goes on where it was. Not thread-safe but for {@link #stop}.
 */
@SuppressWarnings("try") // the shutdown hook acts by being open
public final class Finetuner {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMinutes(5);

    private final AlbertWeights init;
    private final Tokenizer tokenizer;
    private final TrainConfig config;
    private Consumer<StepReport> stepListener = report -> {};
    private Consumer<Evaluation> evaluationListener = evaluation -> {};
    private LongConsumer resumeListener = step -> {};
    private @Nullable RunDirectory directory;
    private Duration checkpointInterval = CHECKPOINT_INTERVAL;
    private Ranks ranks = Ranks.alone();
    private volatile boolean stopRequested;

    /**
     * @param init weights to start from, with the task's head and labels
     * @param tokenizer the model's tokenizer
     * @param config settings of the run
     * @throws IllegalArgumentException if the model has too few positions, or there is no such device here
     */
    public Finetuner(AlbertWeights init, Tokenizer tokenizer, TrainConfig config) {
        AlbertConfig model = init.config();
        if (config.maxLength() > model.maxPositionEmbeddings()) {
            throw new WrongSettingException(
                    "maxLength",
                    config.maxLength() + " exceeds the model's " + model.maxPositionEmbeddings() + " positions");
        }
        config.device().check();
        this.init = init;
        this.tokenizer = tokenizer;
        this.config = config;
    }

    /** Tells a listener of every step. */
    public Finetuner onStep(Consumer<StepReport> listener) {
        stepListener = listener;
        return this;
    }

    /** Tells a listener of every evaluation. */
    public Finetuner onEvaluation(Consumer<Evaluation> listener) {
        evaluationListener = listener;
        return this;
    }

    /** Tells a listener the number of steps already taken, if the run goes on from a checkpoint. */
    public Finetuner onResume(LongConsumer listener) {
        resumeListener = listener;
        return this;
    }

    /** Keeps checkpoints in a directory: at each evaluation, every five minutes, when stopped, and at the end. */
    public Finetuner in(RunDirectory run) {
        directory = run;
        return this;
    }

    /** Keeps a checkpoint at least that often, instead of every five minutes. */
    public Finetuner checkpointEvery(Duration interval) {
        checkpointInterval = interval;
        return this;
    }

    /**
     * Trains together with other processes, which do the same with the same settings, weights and task. Rank 0 alone evaluates,
     * keeps the run directory, and has evaluations in its result. If any is asked to stop, all do.
     *
     * @param group ranks that have met; they stay the caller's
     */
    public Finetuner with(Ranks group) {
        ranks = group;
        return this;
    }

    /** Asks a run to stop after its present step and to leave a checkpoint. May be called from any thread. */
    public void stop() {
        stopRequested = true;
    }

    /**
     * Trains to the end.
     *
     * @param task what to learn, from what
     * @throws IllegalArgumentException if the model has not the task's head, or the run directory holds another run, or rank 0
     *     has other settings or data
     * @throws DivergenceException if the loss is no longer a finite number; the last checkpoint stays
     * @throws LostRankException if another rank is gone; the run directory has a checkpoint of the last step
     * @throws TrainingStoppedException if asked to stop, or interrupted, before the end
     * @throws IOException if the run directory cannot be read or written
     */
    public Finetuned run(TrainingTask task) throws IOException {
        if (init.config().head() != task.head()) {
            throw new IllegalArgumentException("the task needs the head " + task.head() + ", but the model has "
                    + init.config().head());
        }
        if (config.patience() > 0 && task.development() == null) {
            throw new WrongSettingException("patience", config.patience() + " needs development data to evaluate on");
        }
        if (config.thresholds() != ThresholdTuning.NONE
                && (task.development() == null
                        || init.config().problemType() != ProblemType.MULTI_LABEL_CLASSIFICATION)) {
            throw new WrongSettingException(
                    "thresholds", config.thresholds() + " needs a multi-label task and development data to choose by");
        }
        AlbertWeights start = start();
        RunSettings settings = RunSettings.of(config, start, task);
        ranks.awaitOthers();
        compareToRank0(settings);
        boolean leads = ranks.rank() == 0;
        RunDirectory kept = leads ? directory : null;
        Optional<Checkpoint> checkpoint = kept == null ? Optional.empty() : kept.load(settings);
        try (AlbertModel model = new AlbertModel(start, config.device(), config.quantize());
                Objective objective = task.objective(model, config, tokenizer.vocabulary());
                Trainer trainer = new Trainer(objective, config, ranks);
                ShutdownHook hook = new ShutdownHook(this::stop)) {
            FinetuneRun run = new FinetuneRun(model, trainer, config, leads ? task.development() : null, settings);
            checkpoint.ifPresent(run::restore);
            trainer.goToRank0();
            if (checkpoint.isPresent() || trainer.numSteps() > 0) {
                resumeListener.accept(trainer.numSteps());
            }
            try {
                loop(run, trainer, kept);
            } catch (LostRankException e) {
                run.save(kept);
                throw e.after(trainer.numSteps(), trainer.totalSteps(), kept == null ? null : kept.path());
            }
            return run.result();
        }
    }

    private void compareToRank0(RunSettings settings) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, String> text : settings.texts().entrySet()) {
            texts.put(text.getKey(), ranks.textOfRank0(text.getKey(), text.getValue()));
        }
        List<String> differences = settings.differencesOf(RunSettings.parse(texts));
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException("rank " + ranks.rank() + " has other settings or data than rank 0: "
                    + String.join(", ", differences));
        }
    }

    /** What a run on this task is started with: the same for a run that would give the same model. */
    public RunSettings settings(TrainingTask task) {
        return RunSettings.of(config, start(), task);
    }

    private AlbertWeights start() {
        return init.withConfig(config.applyTo(init.config()));
    }

    private void loop(FinetuneRun run, Trainer trainer, @Nullable RunDirectory kept) throws IOException {
        long saved = System.nanoTime();
        while (goesOn(run, trainer, kept)) {
            StepReport report = trainer.step();
            stepListener.accept(report);
            boolean due = run.isDue(report);
            if (due) {
                evaluationListener.accept(run.evaluate(report));
            }
            if (due || trainer.isDone() || System.nanoTime() - saved > checkpointInterval.toNanos()) {
                run.save(kept);
                saved = System.nanoTime();
            }
        }
    }

    /** Whether there is another step to take; all ranks come to the same answer. */
    private boolean goesOn(FinetuneRun run, Trainer trainer, @Nullable RunDirectory kept) throws IOException {
        boolean isOver = run.isOver();
        boolean stops = !isOver && (stopRequested || Thread.interrupted());
        double[] votes = ranks.sum(isOver ? 1 : 0, stops ? 1 : 0);
        if (votes[0] == 0 && votes[1] > 0) {
            run.save(kept);
            throw new TrainingStoppedException(
                    trainer.numSteps(), trainer.totalSteps(), kept == null ? null : kept.path(), ranks.rank());
        }
        return votes[0] == 0;
    }
}
