package dev.albert4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.albert4j.io.DataType;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorFiles;
import dev.albert4j.io.WholeDirectory;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory that holds a model, as Hugging Face's {@code from_pretrained} opens it too: {@code config.json}, {@code
 * model.safetensors} (or shards, {@code pytorch_model.bin}, or an exported {@code model.onnx}), the tokenizer's file with {@code tokenizer_config.json}, {@code
 * provenance.json}, and for a model of sentence embeddings the files of {@link SentenceConfig}.
 *
 * <p>Opening reads everything but the weights, which are read when {@link #weights()} asks for them. Nothing stays open. Thread-safe.
 */
public final class ModelDirectory {
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.safetensors";
    static final String PROVENANCE = "provenance.json";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    static final String MODEL_MAX_LENGTH = "model_max_length"; // in it

    /** Files a tokenizer is read from. */
    static final List<String> TOKENIZER_FILES = List.of("spiece.model", "tokenizer.json", "vocab.txt");

    /** What a model consists of: replaced as a whole when a model is saved over another. */
    public static final Set<String> OWN_FILES = Set.of(
            CONFIG,
            WEIGHTS,
            "model.onnx",
            PROVENANCE,
            TOKENIZER_CONFIG,
            "spiece.model",
            "tokenizer.json",
            "vocab.txt",
            "special_tokens_map.json",
            "added_tokens.json",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            SentenceConfig.MODULES,
            SentenceConfig.TRANSFORMER,
            SentenceConfig.POOLING,
            SentenceConfig.NORMALIZE,
            "config_sentence_transformers.json");

    private static final Pattern SHARD = Pattern.compile("(model|pytorch_model)-\\d{5}-of-\\d{5}\\.(safetensors|bin)");

    private final Path path;
    private final AlbertConfig config;
    private final @Nullable Tokenizer tokenizer;
    private final @Nullable Provenance provenance;
    private final @Nullable SentenceConfig sentences;
    private WeakReference<AlbertWeights> weights = new WeakReference<>(null); // guarded by this

    private ModelDirectory(
            Path path,
            AlbertConfig config,
            @Nullable Tokenizer tokenizer,
            @Nullable Provenance provenance,
            @Nullable SentenceConfig sentences) {
        this.path = path;
        this.config = config;
        this.tokenizer = tokenizer;
        this.provenance = provenance;
        this.sentences = sentences;
    }

    /**
     * Opens a model directory.
     *
     * @throws NoSuchFileException if it, or its config.json, does not exist
     * @throws ModelFormatException if a file is damaged
     */
    public static ModelDirectory open(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString(), null, "there is no such model directory");
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        AlbertConfig config = AlbertConfig.read(directory.resolve(CONFIG));
        Path provenance = directory.resolve(PROVENANCE);
        return new ModelDirectory(
                directory,
                config,
                hasTokenizer(directory) ? Tokenizer.load(directory) : null,
                Files.exists(provenance) ? Provenance.read(provenance) : null,
                SentenceConfig.read(directory, config));
    }

    private static boolean hasTokenizer(Path directory) {
        return TOKENIZER_FILES.stream().anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    public AlbertConfig config() {
        return config;
    }

    /** The tokenizer; a bare encoder may have none. */
    public Optional<Tokenizer> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    /** Where the model comes from, if it says. */
    public Optional<Provenance> provenance() {
        return Optional.ofNullable(provenance);
    }

    /** How texts become vectors, if the directory says. */
    public Optional<SentenceConfig> sentences() {
        return Optional.ofNullable(sentences);
    }

    /**
     * The weights: the same object as long as somebody holds it, else read again. Hold it where you need it twice, and let it go after:
     * encoders keep what they need of it, packed in their own way. {@link #withWeights} does not have all of them in memory at once, and
     * takes a little longer.
     *
     * @throws ModelFormatException if they do not fit the configuration
     */
    public synchronized AlbertWeights weights() throws IOException {
        AlbertWeights loaded = weights.get();
        if (loaded == null) {
            try (TensorFile file = openTensors()) {
                loaded = AlbertWeights.load(config, file);
            }
            weights = new WeakReference<>(loaded);
        }
        return loaded;
    }

    /**
     * Makes something of the weights that takes them one after the other, such as an encoder: unless somebody holds them already, each is
     * read when its turn comes, and never are all of them in memory at once.
     *
     * @param use that is done with them when it returns
     * @throws ModelFormatException if they do not fit the configuration
     */
    public synchronized <T> T withWeights(Function<AlbertWeights, T> use) throws IOException {
        AlbertWeights loaded = weights.get();
        if (loaded != null) {
            return use.apply(loaded);
        }
        try (TensorFile file = openTensors()) {
            return use.apply(AlbertWeights.open(config, file));
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    /** Writes all but the weights into a directory: configuration, tokenizer, provenance, how texts become vectors. */
    public void writeDescription(Path directory) throws IOException {
        config.write(directory.resolve(CONFIG));
        if (tokenizer != null) {
            saveTokenizer(tokenizer, config, directory);
        }
        if (provenance != null) {
            provenance.write(directory.resolve(PROVENANCE));
        }
        if (sentences != null) {
            sentences.write(directory, config.hiddenSize());
        }
    }

    /** Whether there is a file of weights; without one a model can be trained from scratch. */
    public boolean hasWeights() throws IOException {
        return TensorFiles.isPresent(path);
    }

    /** The file of weights, to load under another head; the caller closes it. */
    public TensorFile openTensors() throws IOException {
        return TensorFiles.open(path);
    }

    /**
     * Saves a model: the whole directory, or nothing. A model directory of that name is replaced; files in it that are no
     * model's stay.
     *
     * @param type how the weights are stored
     * @throws java.nio.file.FileAlreadyExistsException if there is something else of that name
     */
    public static void save(
            Path directory,
            AlbertWeights weights,
            @Nullable Tokenizer tokenizer,
            @Nullable Provenance provenance,
            DataType type)
            throws IOException {
        save(directory, weights, tokenizer, provenance, type, null);
    }

    /**
     * As above.
     *
     * @param sentences how the model makes vectors of texts, for {@link #sentences()} and sentence-transformers
     */
    public static void save(
            Path directory,
            AlbertWeights weights,
            @Nullable Tokenizer tokenizer,
            @Nullable Provenance provenance,
            DataType type,
            @Nullable SentenceConfig sentences)
            throws IOException {
        save(directory, weights, tokenizer, provenance, Storage.of(type), sentences);
    }

    /**
     * As above.
     *
     * @param storage how the weights are stored, perhaps in several files
     */
    public static void save(
            Path directory,
            AlbertWeights weights,
            @Nullable Tokenizer tokenizer,
            @Nullable Provenance provenance,
            Storage storage,
            @Nullable SentenceConfig sentences)
            throws IOException {
        save(directory, weights, provenance, storage, tokenizer == null ? null : tokenizer.vocabulary(), aside -> {
            if (tokenizer != null) {
                saveTokenizer(tokenizer, weights.config(), aside);
            }
            if (sentences != null) {
                sentences.write(aside, weights.config().hiddenSize());
            }
        });
    }

    /** Writes a tokenizer's files, and into them at how many tokens Hugging Face is to cut a text for this model. */
    static void saveTokenizer(Tokenizer tokenizer, AlbertConfig config, Path directory) throws IOException {
        tokenizer.save(directory);
        Path file = directory.resolve(TOKENIZER_CONFIG);
        JsonFile.write(file, JsonFile.read(file).put(MODEL_MAX_LENGTH, config.maxPositionEmbeddings()));
    }

    /** As above, with something else that writes the files beside configuration and weights. */
    static void save(
            Path directory,
            AlbertWeights weights,
            @Nullable Provenance provenance,
            Storage storage,
            @Nullable Vocabulary vocabulary,
            WholeDirectory.Content otherFiles)
            throws IOException {
        WholeDirectory.write(directory, ownFiles(directory), isModel(directory), aside -> {
            storedConfig(weights.config(), vocabulary, storage.type()).write(aside.resolve(CONFIG));
            weights.writeShards(aside, storage.type(), storage.maxShardBytes());
            otherFiles.writeTo(aside);
            if (provenance != null) {
                provenance.write(aside.resolve(PROVENANCE));
            }
        });
    }

    /** What belongs to the model of a directory, whose shards' names depend on their number. */
    private static Set<String> ownFiles(Path directory) throws IOException {
        Set<String> names = new HashSet<>(OWN_FILES);
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.map(entry -> String.valueOf(entry.getFileName()))
                        .filter(name -> SHARD.matcher(name).matches())
                        .forEach(names::add);
            }
        }
        return names;
    }

    /** Whether {@link #save} may write there: there is nothing yet, an empty directory, or a model directory. */
    public static boolean canBeSaved(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return true;
        }
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return isModel(directory) || entries.findAny().isEmpty();
        }
    }

    /** Whether a directory holds an ALBERT model's configuration. */
    private static boolean isModel(Path directory) throws IOException {
        Path file = directory.resolve(CONFIG);
        return Files.isRegularFile(file)
                && JsonFile.read(file).path("model_type").asText().equals("albert");
    }

    /** The configuration with the fields that describe the files beside it. */
    private static AlbertConfig storedConfig(AlbertConfig config, @Nullable Vocabulary vocabulary, DataType type) {
        Map<String, JsonNode> others = new LinkedHashMap<>(config.others());
        others.remove("torch_dtype");
        others.put("dtype", TextNode.valueOf(torchName(type)));
        if (vocabulary != null) {
            others.put("pad_token_id", IntNode.valueOf(vocabulary.padId()));
            others.put("bos_token_id", IntNode.valueOf(vocabulary.clsId()));
            others.put("eos_token_id", IntNode.valueOf(vocabulary.sepId()));
        }
        return config.toBuilder().others(others).build();
    }

    private static String torchName(DataType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F64 -> "float64";
            default -> throw new IllegalArgumentException("weights cannot be stored as " + type);
        };
    }
}
