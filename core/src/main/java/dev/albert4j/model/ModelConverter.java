package dev.albert4j.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.DataType;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorFiles;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model directory of a checkpoint of any known format: Google's TensorFlow checkpoints, PyTorch's {@code .bin},
 * safetensors, sharded or not. The configuration and the tokenizer's files are looked for beside it.
 */
public final class ModelConverter {
    private static final List<String> CONFIGS = List.of(ModelDirectory.CONFIG, "albert_config.json");
    private static final List<String> TOKENIZER_FILES = List.of(
            "spiece.model",
            "tokenizer.json",
            "vocab.txt",
            ModelDirectory.TOKENIZER_CONFIG,
            "special_tokens_map.json",
            "added_tokens.json");

    /** Of the tokenizer's settings: without its class, AutoTokenizer goes by the model's type. */
    private static final List<String> NEEDED = List.of("tokenizer_class", ModelDirectory.MODEL_MAX_LENGTH);

    private static final long MAX_CLASSES = 100_000;

    private ModelConverter() {}

    /**
     * Converts a model.
     *
     * @param in a directory, or a checkpoint in one: see {@link TensorFiles#open}
     * @param out the model directory to write: see {@link ModelDirectory#save}
     * @throws ModelFormatException if configuration and weights do not fit, or cannot be expressed as Hugging Face's model
     */
    public static void convert(Path in, Path out) throws IOException {
        Path directory = Files.isDirectory(in) ? in : in.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new NoSuchFileException(in.toString(), null, "there is no such model");
        }
        try (TensorFile file = TensorFiles.open(in)) {
            Path configFile = configFile(directory);
            AlbertConfig config = AlbertConfig.read(configFile);
            CheckpointView view = CheckpointView.of(file);
            if (view.isGoogle()) {
                config = withHead(config, view);
                checkGroups(configFile, config);
            }
            AlbertWeights weights = AlbertWeights.load(config, file, view);
            Map<String, Path> tokenizerFiles = tokenizerFiles(directory);
            SentenceConfig sentences = SentenceConfig.read(directory, config);
            List<Path> sources = new ArrayList<>(List.of(configFile, file.path()));
            sources.addAll(tokenizerFiles.values());
            Tokenizer tokenizer = tokenizer(tokenizerFiles);
            Vocabulary vocabulary = tokenizer == null ? null : tokenizer.vocabulary();
            ModelDirectory.save(out, weights, provenance(sources), Storage.of(DataType.F32), vocabulary, aside -> {
                saveTokenizer(tokenizer, tokenizerFiles, weights.config(), aside);
                if (sentences != null) {
                    sentences.write(aside, weights.config().hiddenSize());
                }
            });
        }
    }

    private static Path configFile(Path directory) throws IOException {
        for (String name : CONFIGS) {
            if (Files.exists(directory.resolve(name))) {
                return directory.resolve(name);
            }
        }
        List<Path> others = matching(directory, "albert_config.*\\.json");
        if (others.size() != 1) {
            throw new NoSuchFileException(directory.toString(), null, "holds none of " + CONFIGS);
        }
        return others.get(0);
    }

    private static List<Path> matching(Path directory, String pattern) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> String.valueOf(entry.getFileName()).matches(pattern))
                    .toList();
        }
    }

    /** Google's configuration does not say what stands on the encoder; the variables do. */
    private static AlbertConfig withHead(AlbertConfig config, CheckpointView view) {
        Set<String> names = view.tensors().keySet();
        TensorInfo classifier = view.tensors().get("classifier.weight");
        AlbertConfig.Builder builder = config.toBuilder();
        if (names.contains("sop_classifier.classifier.weight")) {
            builder.head(Head.PRE_TRAINING);
        } else if (names.contains("predictions.bias")) {
            builder.head(Head.MASKED_LM);
        } else if (names.contains("qa_outputs.weight")) {
            builder.head(Head.QUESTION_ANSWERING);
        } else if (classifier != null && !classifier.shape().isEmpty()) {
            int classes = (int) Math.min(classifier.shape().get(0), MAX_CLASSES);
            builder.head(Head.SEQUENCE_CLASSIFICATION);
            if (config.labels().isEmpty()) {
                builder.labels(
                        IntStream.range(0, classes).mapToObj(i -> "LABEL_" + i).toList());
            }
        }
        return builder.build();
    }

    private static void checkGroups(Path configFile, AlbertConfig config) throws ModelFormatException {
        if (!config.sameGroupsAsGoogle()) {
            throw new ModelFormatException(
                    configFile,
                    "with " + config.numHiddenLayers() + " layers in " + config.numHiddenGroups()
                            + " groups, Google's and Hugging Face's code use different groups for some layers;"
                            + " the model cannot be expressed in Hugging Face's form");
        }
    }

    /** Files to copy by the name they get. Google's releases have {@code 30k-clean.model}. */
    private static Map<String, Path> tokenizerFiles(Path directory) throws IOException {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String name : TOKENIZER_FILES) {
            if (Files.isRegularFile(directory.resolve(name))) {
                files.put(name, directory.resolve(name));
            }
        }
        if (ModelDirectory.TOKENIZER_FILES.stream().noneMatch(files::containsKey)) {
            List<Path> models = matching(directory, ".*\\.model");
            List<Path> vocabularies = matching(directory, "vocab.*\\.txt");
            if (models.size() == 1) {
                files.put("spiece.model", models.get(0));
            } else if (vocabularies.size() == 1) {
                files.put("vocab.txt", vocabularies.get(0));
            }
        }
        return files;
    }

    private static @Nullable Tokenizer tokenizer(Map<String, Path> files) throws IOException {
        for (String name : ModelDirectory.TOKENIZER_FILES) {
            Path file = files.get(name);
            if (file != null) {
                return Tokenizer.load(file);
            }
        }
        return null;
    }

    /** The files that are there are copied as they are; the tokenizer adds what Hugging Face needs beside them, and in its settings. */
    private static void saveTokenizer(
            @Nullable Tokenizer tokenizer, Map<String, Path> files, AlbertConfig model, Path directory)
            throws IOException {
        if (tokenizer != null) {
            ModelDirectory.saveTokenizer(tokenizer, model, directory);
        }
        Path config = directory.resolve(ModelDirectory.TOKENIZER_CONFIG);
        ObjectNode own = tokenizer == null ? null : JsonFile.read(config);
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Files.copy(file.getValue(), directory.resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
        }
        if (own != null && files.containsKey(ModelDirectory.TOKENIZER_CONFIG)) {
            ObjectNode copied = JsonFile.read(config);
            ObjectNode completed = copied.deepCopy();
            for (String name : NEEDED) {
                if (!copied.has(name) && own.has(name)) {
                    completed.set(name, own.get(name));
                }
            }
            if (!completed.equals(copied)) {
                JsonFile.write(config, completed);
            }
        }
    }

    private static Provenance provenance(List<Path> sources) throws IOException {
        List<Provenance.DataFile> data = new ArrayList<>();
        for (Path source : sources) {
            data.add(Provenance.DataFile.of(source));
        }
        return Provenance.now(List.of("convert")).withData(data);
    }
}
