package dev.albert4j.model;

import dev.albert4j.io.DataType;
import dev.albert4j.io.FloatSink;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.model.AlbertParameters.Parameter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The values of all parameters of {@link AlbertParameters#of}, and of those of {@link AlbertParameters#optional} that the
 * checkpoint had. Each is held once, in floats or, a matrix that is stored so, in 8 bits; or all are left in the file and read when
 * asked for ({@link #open}). Immutable and thread-safe.
 */
public final class AlbertWeights {
    /** What the name of the scales of a matrix in 8 bits ends with. */
    static final String SCALE = "_scale";

    private static final String POSITIONS = "albert.embeddings.position_embeddings.weight";
    private static final Map<String, String> FORMAT = Map.of("format", "pt"); // as Hugging Face expects it

    private final AlbertConfig config;
    private final Set<String> names; // in the order of AlbertParameters
    private final Set<String> int8Names; // those of them that are not in floats, in the same order
    private final Floats floats; // of the other names
    private final Function<String, Int8Matrix> matrices; // of int8Names

    /** Where the values of parameters come from that are kept in floats. */
    @FunctionalInterface
    private interface Floats {
        float[] all(String name);

        default void inBlocks(String name, int blockSize, FloatSink sink) {
            float[] values = all(name);
            sink.accept(values, 0, values.length);
        }
    }

    /** Those of a file, read anew whenever they are asked for. */
    private record FileFloats(CheckpointView view) implements Floats {
        @Override
        public float[] all(String name) {
            return CheckpointView.unchecked(() -> view.floats(name));
        }

        @Override
        public void inBlocks(String name, int blockSize, FloatSink sink) {
            CheckpointView.unchecked(() -> {
                view.readBlocks(name, blockSize, sink);
                return sink;
            });
        }
    }

    private AlbertWeights(AlbertConfig config, Map<String, float[]> floats, Map<String, Int8Matrix> matrices) {
        this(
                config,
                floats.keySet(),
                matrices.keySet(),
                name -> Objects.requireNonNull(floats.get(name)),
                name -> Objects.requireNonNull(matrices.get(name)));
    }

    private AlbertWeights(
            AlbertConfig config,
            Collection<String> floatNames,
            Collection<String> int8Names,
            Floats floats,
            Function<String, Int8Matrix> matrices) {
        this.config = config;
        this.floats = floats;
        this.matrices = matrices;
        this.names = inOrder(config, name -> floatNames.contains(name) || int8Names.contains(name));
        this.int8Names = inOrder(config, int8Names::contains);
    }

    private static Set<String> inOrder(AlbertConfig config, Predicate<String> chosen) {
        Set<String> names = new LinkedHashSet<>();
        all(config).stream().map(Parameter::name).filter(chosen).forEach(names::add);
        return Collections.unmodifiableSet(names);
    }

    /**
     * What became of a checkpoint that was loaded under another head.
     *
     * @param weights the model
     * @param taken parameters that came from the checkpoint
     * @param fresh parameters initialized anew
     * @param left tensors of the checkpoint that the model has no use for
     */
    public record Transfer(AlbertWeights weights, List<String> taken, List<String> fresh, List<String> left) {
        public Transfer {
            taken = List.copyOf(taken);
            fresh = List.copyOf(fresh);
            left = List.copyOf(left);
        }
    }

    /**
     * Takes the arrays over; the caller must not change them afterwards.
     *
     * @throws IllegalArgumentException listing every missing, unexpected and mis-sized name
     */
    public static AlbertWeights of(AlbertConfig config, Map<String, float[]> values) {
        return of(config, values, Map.of());
    }

    private static AlbertWeights of(
            AlbertConfig config, Map<String, float[]> values, Map<String, Int8Matrix> matrices) {
        ShapeCheck check = new ShapeCheck();
        Set<String> unexpected = new LinkedHashSet<>(values.keySet());
        unexpected.addAll(matrices.keySet());
        Set<String> needed = AlbertParameters.of(config).stream()
                .map(Parameter::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (Parameter parameter : all(config)) {
            if (unexpected.remove(parameter.name())) {
                float[] array = values.get(parameter.name());
                Int8Matrix matrix = matrices.get(parameter.name());
                check.size(
                        parameter,
                        array != null
                                ? array.length
                                : Objects.requireNonNull(matrix).numElements());
            } else if (needed.contains(parameter.name())) {
                check.missing(parameter);
            }
        }
        unexpected.forEach(check::unexpected);
        if (check.failed()) {
            throw new IllegalArgumentException(check.message());
        }
        return new AlbertWeights(config, Map.copyOf(values), Map.copyOf(matrices));
    }

    /**
     * Loads a checkpoint: Hugging Face's names, with or without the prefix {@code albert.}, or Google's variables.
     *
     * @throws ModelFormatException listing every missing, unexpected and mis-shaped name
     */
    public static AlbertWeights load(AlbertConfig config, TensorFile file) throws IOException {
        return load(config, file, CheckpointView.of(file));
    }

    static AlbertWeights load(AlbertConfig config, TensorFile file, CheckpointView view) throws IOException {
        AlbertWeights inFile = open(config, file, view);
        List<String> floatNames = new ArrayList<>(inFile.names);
        floatNames.removeAll(inFile.int8Names);
        return new AlbertWeights(config, view.floats(floatNames), view.matrices(inFile.int8Names));
    }

    /**
     * Checks a checkpoint as {@link #load} does and leaves the values where they are: each is read anew whenever it is asked for, which
     * throws {@link UncheckedIOException} if it cannot be. For who needs one after the other, once, as an encoder that packs them,
     * and would otherwise have them all in memory twice. To be used until the file is closed.
     *
     * @throws ModelFormatException listing every missing, unexpected and mis-shaped name
     */
    public static AlbertWeights open(AlbertConfig config, TensorFile file) throws IOException {
        return open(config, file, CheckpointView.of(file));
    }

    private static AlbertWeights open(AlbertConfig config, TensorFile file, CheckpointView view) throws IOException {
        ShapeCheck check = new ShapeCheck();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>(view.tensors());
        List<String> wanted = new ArrayList<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            wanted.add(parameter.name());
            check.tensor(parameter, tensors.remove(parameter.name()));
        }
        for (Parameter parameter : AlbertParameters.optional(config)) {
            TensorInfo info = tensors.remove(parameter.name());
            if (info != null) {
                wanted.add(parameter.name());
                check.tensor(parameter, info);
            }
        }
        tensors.keySet().forEach(check::unexpected);
        check.orThrow(file.path());
        List<String> int8Names = AlbertParameters.quantizable(config).stream() // another is kept in floats
                .map(Parameter::name)
                .filter(view::isInt8)
                .toList();
        wanted.removeAll(int8Names);
        return new AlbertWeights(
                config,
                wanted,
                int8Names,
                new FileFloats(view),
                name -> CheckpointView.unchecked(() -> view.matrix(name)));
    }

    /**
     * Loads a checkpoint under the head of {@code config}, whatever its own head: the encoder must be there, the rest is taken
     * where name and shape agree and initialized anew where not.
     *
     * @param seed for what is initialized
     * @throws ModelFormatException listing every missing and mis-shaped name of the encoder
     */
    public static Transfer loadEncoder(AlbertConfig config, TensorFile file, long seed) throws IOException {
        CheckpointView view = CheckpointView.of(file);
        Map<String, TensorInfo> tensors = new LinkedHashMap<>(view.tensors());
        ShapeCheck check = new ShapeCheck();
        List<String> taken = new ArrayList<>();
        List<String> fresh = new ArrayList<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            TensorInfo info = tensors.get(parameter.name());
            if (isEncoder(parameter.name())) {
                check.tensor(parameter, info);
            }
            boolean fits = info != null && ShapeCheck.fits(parameter, info);
            (fits ? taken : fresh).add(parameter.name());
        }
        check.orThrow(file.path());
        tensors.keySet().removeAll(taken);
        Map<String, float[]> found = view.floats(taken);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            float[] array = found.get(parameter.name());
            values.put(parameter.name(), array == null ? Initializer.values(parameter, config, seed) : array);
        }
        return new Transfer(new AlbertWeights(config, values, Map.of()), taken, fresh, List.copyOf(tensors.keySet()));
    }

    private static boolean isEncoder(String name) {
        return name.startsWith("albert.embeddings.") || name.startsWith("albert.encoder.");
    }

    /**
     * A new model: matrices from a normal distribution of {@code initializerRange} cut off at two standard deviations, as
     * Google's {@code create_initializer}; biases 0, LayerNorm 1 and 0. The same seed gives the same values on every JVM, and a
     * parameter's values do not depend on which others there are.
     */
    public static AlbertWeights initialize(AlbertConfig config, long seed) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            values.put(parameter.name(), Initializer.values(parameter, config, seed));
        }
        return new AlbertWeights(config, values, Map.of());
    }

    private static List<Parameter> all(AlbertConfig config) {
        List<Parameter> all = new ArrayList<>(AlbertParameters.of(config));
        all.addAll(AlbertParameters.optional(config));
        return all;
    }

    /**
     * The same values under another configuration.
     *
     * @throws IllegalArgumentException if that one's parameters are others
     */
    public AlbertWeights withConfig(AlbertConfig other) {
        return of(other, floats(), matrices());
    }

    private Map<String, float[]> floats() {
        Map<String, float[]> all = new LinkedHashMap<>();
        names.stream().filter(name -> !int8Names.contains(name)).forEach(name -> all.put(name, floats.all(name)));
        return all;
    }

    private Map<String, Int8Matrix> matrices() {
        Map<String, Int8Matrix> all = new LinkedHashMap<>();
        int8Names.forEach(name -> all.put(name, matrices.apply(name)));
        return all;
    }

    /**
     * The same model for other lengths of text: its first positions, over and over, as Longformer's were made of RoBERTa's (Beltagy
     * et al. 2020, section 5), so that neighbours stay neighbours.
     *
     * @param learnt how many of the positions are taken, at least 1 and no more than there are
     * @param numPositions how many there will be
     * @throws IllegalArgumentException if either is out of its range
     */
    public AlbertWeights repeatedPositions(int learnt, int numPositions) {
        if (learnt < 1 || learnt > config.maxPositionEmbeddings() || numPositions < 1) {
            throw new IllegalArgumentException(learnt + " of " + config.maxPositionEmbeddings()
                    + " positions cannot be repeated to make " + numPositions);
        }
        float[] known = values(POSITIONS); // [positions, E]
        float[] repeated = new float[Math.multiplyExact(numPositions, config.embeddingSize())];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = known[i % (learnt * config.embeddingSize())];
        }
        Map<String, float[]> values = floats();
        values.put(POSITIONS, repeated);
        return of(config.toBuilder().maxPositionEmbeddings(numPositions).build(), values, matrices());
    }

    /**
     * The same model with some matrices rounded to 8 bits ({@link Int8Matrix}), to be stored and multiplied so.
     *
     * @param names of {@link AlbertParameters#quantizable}
     * @throws IllegalArgumentException if one is not of these, or has values that are not finite
     */
    public AlbertWeights quantized(Set<String> names) {
        Map<String, float[]> others = new LinkedHashMap<>();
        Map<String, Int8Matrix> rounded = new LinkedHashMap<>();
        Set<String> left = new LinkedHashSet<>(names);
        for (Parameter parameter : AlbertParameters.quantizable(config)) {
            if (left.remove(parameter.name())) {
                rounded.put(parameter.name(), int8Matrix(parameter.name()));
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(left + " cannot be stored in 8 bits");
        }
        for (String name : this.names) {
            if (!rounded.containsKey(name)) {
                others.put(name, values(name));
            }
        }
        return new AlbertWeights(config, others, rounded);
    }

    /** The same with all of {@link AlbertParameters#quantizable} rounded. */
    public AlbertWeights quantized() {
        return quantized(AlbertParameters.quantizable(config).stream()
                .map(Parameter::name)
                .collect(Collectors.toSet()));
    }

    /**
     * A parameter of two dimensions in 8 bits: as it is stored, if it is one of {@link #int8Names}, else rounded.
     *
     * @throws IllegalArgumentException if the model has no such matrix, or one with values that are not finite
     */
    public Int8Matrix int8Matrix(String name) {
        if (int8Names.contains(name)) {
            return matrices.apply(name);
        }
        List<Integer> shape = all(config).stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(Parameter::shape)
                .findFirst()
                .orElse(List.of());
        if (shape.size() != 2) {
            throw new IllegalArgumentException("the model has no matrix " + name);
        }
        return Int8Matrix.of(values(name), shape.get(0), shape.get(1));
    }

    /** The parameters that are kept and stored in 8 bits, in the order of {@link AlbertParameters}. */
    public Set<String> int8Names() {
        return int8Names;
    }

    /** The configuration the shapes come from. */
    public AlbertConfig config() {
        return config;
    }

    /** The parameters there are, in the order of {@link AlbertParameters}. */
    public Set<String> names() {
        return names;
    }

    /**
     * The values of a parameter, row-major. Read only: the array is shared, unless it is read, or made of one that is kept in 8 bits.
     *
     * @throws IllegalArgumentException if the model has no such parameter
     */
    public float[] values(String name) {
        if (int8Names.contains(name)) {
            return matrices.apply(name).toFloats();
        }
        return floatsOf(name).all(name);
    }

    /**
     * What {@link #values} gives, in blocks of {@code blockSize} numbers, of which the last may be smaller, or all in one: for who does not
     * need all of a large matrix at once.
     *
     * @param blockSize at least 1
     * @throws IllegalArgumentException if the model has no such parameter
     */
    public void readBlocks(String name, int blockSize, FloatSink sink) {
        if (int8Names.contains(name)) {
            float[] values = values(name);
            sink.accept(values, 0, values.length);
        } else {
            floatsOf(name).inBlocks(name, blockSize, sink);
        }
    }

    private Floats floatsOf(String name) {
        if (!names.contains(name)) {
            throw new IllegalArgumentException("the model has no parameter " + name);
        }
        return floats;
    }

    /**
     * Writes {@code model.safetensors} as Hugging Face's {@code save_pretrained} would: a bare encoder's names have no prefix
     * {@code albert.}.
     *
     * @param type how the numbers are stored: F32, or rounded to F16 or BF16; a matrix of {@link #int8Names} is I8, and its scales
     *     are another tensor, {@code NAME_scale}, F32 [rows]
     */
    public void write(Path file, DataType type) throws IOException {
        Safetensors.write(file, storedTensors(type), this::storedValues, FORMAT);
    }

    /** Writes the same into an empty directory, in several files with an index if one would be larger than so many bytes. */
    void writeShards(Path directory, DataType type, long maxShardBytes) throws IOException {
        Safetensors.writeShards(directory, storedTensors(type), this::storedValues, FORMAT, maxShardBytes);
    }

    private Map<String, TensorInfo> storedTensors(DataType type) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (Parameter parameter : all(config)) {
            if (names.contains(parameter.name())) {
                List<Long> shape =
                        parameter.shape().stream().map(Integer::longValue).toList();
                String name = parameter.name().substring(unstored().length());
                if (int8Names.contains(parameter.name())) {
                    tensors.put(name, new TensorInfo(DataType.I8, shape));
                    tensors.put(name + SCALE, new TensorInfo(DataType.F32, shape.subList(0, 1)));
                } else {
                    tensors.put(name, new TensorInfo(type, shape));
                }
            }
        }
        return tensors;
    }

    /** The numbers of a tensor of the file: a parameter's values, the integers of one in 8 bits, or its scales. */
    private float[] storedValues(String stored) {
        String name = unstored() + stored;
        String scaled = name.endsWith(SCALE) ? name.substring(0, name.length() - SCALE.length()) : name;
        if (!int8Names.contains(scaled)) {
            return values(name);
        }
        Int8Matrix matrix = matrices.apply(scaled);
        return scaled.equals(name) ? matrix.integers() : matrix.scales();
    }

    /** What names of parameters begin with and stored names do not. */
    private String unstored() {
        return config.head() == Head.NONE ? "albert." : "";
    }
}
