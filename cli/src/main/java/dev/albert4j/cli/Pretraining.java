package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.corpus.PretrainingExamples;
import dev.albert4j.corpus.SegmentRules;
import dev.albert4j.corpus.TokenCorpus;
import dev.albert4j.io.DataType;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.Provenance;
import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Evaluation;
import dev.albert4j.train.Finetuned;
import dev.albert4j.train.Finetuner;
import dev.albert4j.train.PretrainingTask;
import dev.albert4j.train.Ranks;
import dev.albert4j.train.RunDirectory;
import dev.albert4j.train.RunReport;
import dev.albert4j.train.TrainConfig;
import dev.albert4j.train.TrainingStoppedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pre-trains a model on a corpus and writes it as a model directory. */
@SuppressWarnings("try") // hooks, locks and limits act by being open
final class Pretraining {
    /** Batch size of the paper, at which its learning rate holds. */
    static final int PUBLISHED_BATCH = 4096;

    private static final double PUBLISHED_RATE = 0.00176;
    private static final double PUBLISHED_WARMUP = 0.025; // 3125 of 125,000 steps
    private static final int BATCH = 256;
    private static final Duration PATIENCE = Duration.ofMinutes(5); // of a rank that waits for others

    private final PretrainStart start;
    private final List<Path> corpus;
    private final Path output; // absolute
    private final PretrainOptions options;
    private final TrainConfig settings;
    private final SegmentRules rules;
    private final Masking masking;
    private final double devShare;
    private List<String> command = List.of();
    private @Nullable Path tensorboard;
    private @Nullable Path tokens;
    private boolean fp16;
    private Duration checkpointInterval = Duration.ofMinutes(5);
    private @Nullable Duration limit;
    private RankOptions place = new RankOptions();

    /** @param given the settings of training that were given */
    Pretraining(PretrainStart start, List<Path> corpus, Path output, PretrainOptions options, ObjectNode given) {
        this.start = start;
        this.corpus = corpus;
        this.output = output.toAbsolutePath().normalize();
        this.options = options;
        this.settings = settings(given, options.maxLength(start.config().maxPositionEmbeddings()));
        this.rules = options.rules(settings.maxLength());
        this.masking = options.masking(start.tokenizer().vocabulary(), settings.maxLength());
        this.devShare = options.devShare();
    }

    private static TrainConfig settings(ObjectNode given, int maxLength) {
        ObjectNode settings = given.deepCopy();
        settings.put("maxLength", maxLength);
        settings.putIfAbsent("optimizer", settings.textNode("LAMB"));
        settings.putIfAbsent("batchSize", settings.numberNode(BATCH));
        settings.putIfAbsent("warmupRatio", settings.numberNode(PUBLISHED_WARMUP));
        double scale = Math.sqrt(settings.get("batchSize").asDouble() / PUBLISHED_BATCH);
        settings.putIfAbsent("learningRate", settings.numberNode(PUBLISHED_RATE * scale));
        return TrainConfig.parse(settings.toString());
    }

    /** Says what the provenance is to tell of the run. */
    void describe(List<String> given) {
        command = given;
    }

    /** Has event files for TensorBoard written to a directory. */
    void watch(@Nullable Path directory) {
        tensorboard = directory;
    }

    /**
     * Says what is kept, and how.
     *
     * @param tokenDirectory of the tokenized corpus; null to keep it for this run alone
     * @param halves whether the weights are stored in 16 bits
     */
    void keep(@Nullable Path tokenDirectory, boolean halves, Duration betweenCheckpoints) {
        tokens = tokenDirectory;
        fp16 = halves;
        checkpointInterval = betweenCheckpoints;
    }

    /** Says which processes train together. */
    void share(RankOptions ranks) {
        place = ranks;
    }

    /** Has the run stopped after some time. */
    void limit(Duration time) {
        limit = time;
    }

    /**
     * Trains; rank 0 then writes the model, and prints the report of the best weights if documents are held back.
     *
     * @throws dev.albert4j.train.LostRankException if another process of the run is gone
     */
    void run() throws IOException {
        Finetuner finetuner = new Finetuner(start.weights(settings.seed()), start.tokenizer(), settings)
                .checkpointEvery(checkpointInterval);
        if (place.launches() && place.size() > settings.device().maxProcesses()) {
            throw new IllegalArgumentException("--processes " + place.size() + " is more than this machine has GPUs: "
                    + settings.device().maxProcesses());
        }
        OutputPath.checkRun(output, tensorboard);
        if (tokens != null) {
            OutputPath.checkDirectory(tokens);
        }
        boolean joins = place.size() > 1 && !place.launches();
        try (Ranks ranks = joins ? join() : Ranks.alone()) {
            run(finetuner, ranks);
        }
    }

    private Ranks join() throws IOException {
        say("waits for " + (place.rank() == 0 ? "the other ranks" : "rank 0") + " at "
                + place.master().getHostString() + ":" + place.master().getPort());
        Ranks ranks = Ranks.open(place.rank(), place.size(), place.master(), PATIENCE);
        try {
            ranks.meet(() -> {});
            return ranks;
        } catch (IOException | RuntimeException e) {
            ranks.close();
            throw e;
        }
    }

    /** Tells who gave this rank's command; rank 0's user need not hear it. */
    private static void say(String line) {
        if (!LaunchedRanks.isOne()) {
            System.err.println(line);
        }
    }

    private void run(Finetuner finetuner, Ranks joined) throws IOException {
        String suffix = place.rank() == 0 ? ".run" : ".rank" + place.rank() + ".run";
        RunDirectory run = new RunDirectory(output.resolveSibling(output.getFileName() + suffix));
        TokenFiles files = new TokenFiles(run.path(), tokens);
        try (TimeLimit time = new TimeLimit(place.rank() == 0 ? limit : null, finetuner::stop);
                EndHook hook = new EndHook();
                RunLock lock = RunLock.of(run.path())) {
            TokenCorpus text = files.prepare(corpus, start.tokenizer(), options.splitsSentences(), numThreads());
            PretrainingTask task = task(text);
            try {
                if (place.launches()) {
                    launch(finetuner, task, run, text, files);
                } else {
                    train(finetuner.with(joined), task, run, text);
                }
            } catch (TrainingStoppedException e) {
                if (!time.isOver() && (place.rank() == 0 || limit == null)) {
                    throw e;
                }
                return;
            }
            run.delete();
            files.delete();
        }
    }

    /** Trains with ranks that are started for it. */
    private void launch(Finetuner finetuner, PretrainingTask task, RunDirectory run, TokenCorpus text, TokenFiles files)
            throws IOException {
        try (LaunchedRanks others = new LaunchedRanks(command, options(files), settings.device());
                Ranks ranks = Ranks.open(0, place.size(), place.master(), PATIENCE)) {
            others.join(ranks);
            train(finetuner.with(ranks), task, run, text);
        }
    }

    /** What the ranks that are started here are told beyond what was given. */
    private List<String> options(TokenFiles files) {
        List<String> more = new ArrayList<>();
        if (tokens == null) {
            more.add("--tokens=" + files.directory());
        }
        if (command.stream().noneMatch(arg -> arg.equals("--threads") || arg.startsWith("--threads="))) {
            more.add("--threads=" + numThreads());
        }
        return more;
    }

    private void train(Finetuner finetuner, PretrainingTask task, RunDirectory run, TokenCorpus text)
            throws IOException {
        if (place.rank() > 0) {
            say("trains as rank " + place.rank() + " of " + place.size()
                    + "; rank 0 shows how far it is, and writes the model");
            finetuner.run(task);
            return;
        }
        RunRecord record = new RunRecord(run.path(), tensorboard).withSpikes();
        finish(record.train(finetuner.in(run), task, settings), record, text);
    }

    private int numThreads() {
        return settings.numThreads() > 0
                ? settings.numThreads()
                : Runtime.getRuntime().availableProcessors();
    }

    private PretrainingTask task(TokenCorpus text) {
        Vocabulary vocabulary = start.tokenizer().vocabulary();
        PretrainingExamples train =
                PretrainingExamples.training(text, rules, masking, vocabulary, settings.seed(), devShare);
        PretrainingExamples heldBack =
                devShare == 0 ? null : PretrainingExamples.heldBack(text, rules, masking, vocabulary, 0, devShare);
        if (place.rank() == 0) {
            show(text, train, heldBack);
        }
        Map<String, String> fingerprint = new LinkedHashMap<>();
        fingerprint.put("corpus", text.fingerprint());
        options.json(settings.maxLength())
                .properties()
                .forEach(entry ->
                        fingerprint.put(entry.getKey(), entry.getValue().asText()));
        return new PretrainingTask(train, heldBack, options.order(), fingerprint);
    }

    private static void show(TokenCorpus text, PretrainingExamples train, @Nullable PretrainingExamples heldBack) {
        System.err.printf(
                Locale.ROOT,
                "%,d documents, %,d sentences, %,d tokens; %,d examples to train on, %,d held back%n",
                text.numDocuments(),
                text.numSentences(),
                text.numTokens(),
                train.size(),
                heldBack == null ? 0 : heldBack.size());
    }

    private void finish(Finetuned result, RunRecord record, TokenCorpus text) throws IOException {
        Evaluation best = result.history().stream()
                .filter(Evaluation::best)
                .reduce((earlier, later) -> later)
                .orElse(null);
        ModelDirectory.save(
                output, result.weights(), start.tokenizer(), provenance(best), fp16 ? DataType.F16 : DataType.F32);
        record.moveTo(output, report(text, best));
        System.err.println("wrote " + output);
        if (best != null) {
            System.out.print(best.report().text());
        }
    }

    private Provenance provenance(@Nullable Evaluation best) throws IOException {
        ObjectNode json = new ObjectMapper().valueToTree(settings);
        json.setAll(options.json(settings.maxLength()));
        Provenance provenance = RunProvenance.of(command, corpus, json, settings.seed(), best);
        ModelDirectory parent = start.parent();
        return parent == null
                ? provenance
                : provenance.withParent(String.valueOf(parent.path().getFileName()));
    }

    private RunReport report(TokenCorpus text, @Nullable Evaluation best) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("command", "albert " + String.join(" ", command));
        facts.put(
                "data",
                String.format(Locale.ROOT, "%,d documents of %,d tokens", text.numDocuments(), text.numTokens()));
        options.json(settings.maxLength())
                .properties()
                .forEach(entry -> facts.put(entry.getKey(), entry.getValue().asText()));
        return new RunReport(String.valueOf(output.getFileName()), facts, settings, best);
    }
}
