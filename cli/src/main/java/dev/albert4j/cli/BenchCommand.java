package dev.albert4j.cli;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures models on this machine, on each engine: how long one text takes, and how many tokens a second "
                    + ModelSpeed.SEQUENCES + " together.",
            "All are measured by turns. \"open\" is the time from the model's files to the first answer, the engine's own start"
                    + " included.",
            "Run it while nothing else runs."
        },
        footer = {"", "Example: albert bench sentiment-en --engine cpu,int8 --tokens 16,64 --threads 1"})
final class BenchCommand implements Callable<Integer> {
    private static final List<Integer> LENGTHS = List.of(16, 64, 128);
    private static final String HEADER = String.format(
            Locale.ROOT,
            "%-24s %-6s %6s %9s %9s %9s %12s",
            "model",
            "engine",
            "tokens",
            "open ms",
            "median ms",
            "95 % ms",
            "tokens/s");

    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "model directories or shipped models")
    private List<String> models = List.of();

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            split = ",",
            description =
                    "cpu: pure Java; int8: products of 8-bit integers by oneDNN; torch: libtorch; onnx: ONNX Runtime"
                            + " (default: all of them)")
    private List<String> engines = EngineOptions.NAMES;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            split = ",",
            description = "lengths of a text (default: 16,64,128, as far as the models read)")
    private @Nullable List<Integer> lengths;

    @Option(names = "--threads", paramLabel = "N", description = "threads; default: one for each core")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** An engine with a model in it. */
    private record Entrant(String model, String engine, Encoder encoder, double openMillis) {}

    @Override
    public Integer call() throws IOException {
        engines.forEach(engine -> EngineOptions.check(engine, threads));
        CpuEncoder.awaitWarmUp(); // its threads would be measured too
        List<Entrant> entrants = new ArrayList<>();
        try {
            List<ModelDirectory> directories = new ArrayList<>();
            for (String model : models) {
                directories.add(ModelDirectory.open(Models.resolve(model)));
            }
            List<Integer> measured = lengths(directories);
            for (ModelDirectory directory : directories) {
                for (String engine : engines) {
                    try {
                        entrants.add(open(directory.path(), engine));
                    } catch (LinkageError e) {
                        System.err.println(
                                "albert bench: engine " + engine + " is left out, it does not load here: " + e);
                    }
                }
            }
            if (entrants.isEmpty()) {
                throw new IOException("none of the engines " + engines + " loads here");
            }
            List<List<ModelSpeed>> speeds = new ArrayList<>(); // [lengths, entrants]
            List<Encoder> encoders = entrants.stream().map(Entrant::encoder).toList();
            try (ProgressBar progress = new ProgressBar("measuring")) {
                for (int numTokens : measured) {
                    progress.show(speeds.size(), measured.size(), numTokens + " tokens");
                    speeds.add(ModelSpeed.of(encoders, numTokens));
                }
                progress.show(measured.size(), measured.size(), "");
            }
            print(entrants, measured, speeds);
        } finally {
            entrants.forEach(entrant -> entrant.encoder().close());
        }
        return 0;
    }

    /** The lengths to measure, which all models read. */
    private List<Integer> lengths(List<ModelDirectory> directories) {
        int most = directories.stream()
                .mapToInt(directory -> directory.config().maxPositionEmbeddings())
                .min()
                .orElseThrow();
        if (lengths == null) {
            List<Integer> readable =
                    LENGTHS.stream().filter(length -> length <= most).toList();
            return readable.isEmpty() ? List.of(most) : readable;
        }
        for (int length : lengths) {
            if (length < 1 || length > most) {
                throw new IllegalArgumentException("--tokens " + length + " is not between 1 and " + most
                        + (directories.size() == 1 ? ", what the model reads" : ", what all the models read"));
            }
        }
        return lengths;
    }

    /** Opens a model anew, for each engine its files are read again. */
    private Entrant open(Path path, String engine) throws IOException {
        long start = System.nanoTime();
        Encoder encoder = EngineOptions.open(engine, ModelDirectory.open(path), threads);
        ModelSpeed.answer(encoder);
        return new Entrant(String.valueOf(path.getFileName()), engine, encoder, (System.nanoTime() - start) / 1e6);
    }

    private static void print(List<Entrant> entrants, List<Integer> lengths, List<List<ModelSpeed>> speeds) {
        System.out.println(HEADER);
        IntStream.range(0, entrants.size()).forEach(i -> {
            Entrant entrant = entrants.get(i);
            for (int length = 0; length < lengths.size(); length++) {
                ModelSpeed speed = speeds.get(length).get(i);
                System.out.printf(
                        Locale.ROOT,
                        "%-24s %-6s %6d %9.0f %9.2f %9.2f %,12.0f%n",
                        entrant.model(),
                        entrant.engine(),
                        lengths.get(length),
                        entrant.openMillis(),
                        speed.latencyMillis(),
                        speed.slowMillis(),
                        speed.tokensPerSecond());
            }
        });
    }
}
