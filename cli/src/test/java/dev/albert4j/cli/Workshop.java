package dev.albert4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.io.DataType;
import dev.albert4j.model.Activation;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.train.UnigramTrainer;
import dev.albert4j.tokenize.train.UnigramTrainerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Small real models and data for the tests, made once, from nothing. */
final class Workshop {
    static final int HIDDEN_SIZE = 32;
    static final int NUM_LAYERS = 2;
    static final int MAX_LENGTH = 48;
    static final List<String> LABELS = List.of("bad", "good");

    private static final String[] THINGS = {"film", "story", "music", "hotel", "coffee", "garden", "ticket", "museum"};
    private static final String[][] WORDS = {
        {"dull", "terrible", "boring", "poor", "awful"}, {"wonderful", "great", "lovely", "fine", "brilliant"}
    };
    private static final Path ROOT = emptied(Path.of("target", "workshop").toAbsolutePath());

    private Workshop() {}

    /** An encoder without a head, with weights, and a vocabulary trained for it. */
    static Path encoder() {
        return made("encoder", directory -> {
            Path file = Files.createTempDirectory(ROOT, "vocabulary").resolve("spiece.model");
            UnigramTrainerConfig config =
                    UnigramTrainerConfig.builder(150).numThreads(1).build();
            new UnigramTrainer(config).train(corpus().iterator()).write(file);
            Tokenizer tokenizer = Tokenizer.load(file);
            ModelDirectory.save(
                    directory,
                    AlbertWeights.initialize(config(tokenizer.vocabulary().size()), 1),
                    tokenizer,
                    null,
                    DataType.F32);
        });
    }

    /** The same without weights: to train from scratch. */
    static Path scratch() {
        return made("scratch", directory -> copy(encoder(), directory, "model.safetensors"));
    }

    /** A classifier that learned {@link #LABELS}, by the command line. */
    static Path classifier() {
        return made("classifier", directory -> {
            Path train = csv(ROOT.resolve("train.csv"), 200, 1);
            CommandRun.of(finetune(scratch(), train, directory)).succeeds();
        });
    }

    /** A command that trains in a second or two; options may follow. */
    static Object[] finetune(Path model, Path train, Path output, Object... options) {
        List<Object> args = new ArrayList<>(List.of("finetune", "--model", model));
        if (!List.of(options).contains("--task")) {
            args.addAll(List.of("--task", "classification"));
        }
        args.addAll(List.of("--train", train, "--output", output, "--threads", 1));
        args.addAll(List.of(options));
        for (String usual : List.of("--epochs=4", "--batch-size=16", "--learning-rate=0.005")) {
            String name = usual.substring(0, usual.indexOf('=') + 1);
            if (!args.contains("--config")
                    && args.stream().noneMatch(arg -> arg.toString().startsWith(name))) {
                args.add(usual);
            }
        }
        return args.toArray();
    }

    /** Texts and their labels, as the sentences of a seed. */
    static List<String[]> rows(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = i % 2;
            String word = WORDS[label][random.nextInt(5)];
            String thing = THINGS[random.nextInt(THINGS.length)];
            String other = THINGS[random.nextInt(THINGS.length)];
            rows.add(new String[] {"The " + thing + " near the " + other + " was " + word + ".", LABELS.get(label)});
        }
        return rows;
    }

    /** The sentences, and invented words, so that there are pieces to learn. */
    static List<String> corpus() {
        String[] syllables = {"ka", "re", "mi", "to", "lun", "ves", "or", "tis", "ba", "sel"};
        List<String> lines = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(4);
        for (String[] row : rows(1000, 3)) {
            StringBuilder word = new StringBuilder();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                word.append(syllables[random.nextInt(syllables.length)]);
            }
            lines.add(row[0] + " " + word);
        }
        return lines;
    }

    static Path csv(Path file, int count, long seed) throws IOException {
        List<String> lines = new ArrayList<>(List.of("text,label"));
        rows(count, seed).forEach(row -> lines.add("\"" + row[0] + "\"," + row[1]));
        return Files.write(file, lines);
    }

    /** A copy of a model directory, to be damaged. */
    static Path copy(Path model, Path directory, String... without) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!List.of(without).contains(name)) {
                    Files.copy(file, directory.resolve(name));
                }
            }
        }
        return directory;
    }

    /** The names of everything below a directory. */
    static List<String> tree(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.map(path -> directory.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private static AlbertConfig config(int vocabSize) {
        return AlbertConfig.builder()
                .head(Head.NONE)
                .vocabSize(vocabSize)
                .embeddingSize(16)
                .hiddenSize(HIDDEN_SIZE)
                .numHiddenLayers(NUM_LAYERS)
                .numAttentionHeads(4)
                .intermediateSize(64)
                .maxPositionEmbeddings(MAX_LENGTH)
                .hiddenAct(Activation.GELU_TANH)
                .hiddenDropoutProb(0.1)
                .classifierDropoutProb(0.1)
                .initializerRange(0.1)
                .build();
    }

    /** Makes a directory's content. */
    @FunctionalInterface
    private interface Maker {
        void make(Path directory) throws IOException;
    }

    private static synchronized Path made(String name, Maker maker) {
        Path directory = ROOT.resolve(name);
        try {
            if (!Files.exists(directory)) {
                maker.make(directory);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path emptied(Path directory) {
        try {
            if (Files.exists(directory)) {
                try (Stream<Path> old = Files.walk(directory)) {
                    for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the corpus with a blank line after every few of its lines: text to pre-train on. */
    static Path documents(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : corpus()) {
            lines.add(line);
            if (lines.size() % 5 == 4) {
                lines.add("");
            }
        }
        return Files.write(file, lines);
    }

    /** The losses of the steps that a run's log tells of. */
    static List<Double> losses(Path log) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.get("type").asText().equals("steps")) {
                losses.add(json.get("loss").asDouble());
            }
        }
        return losses;
    }
}
