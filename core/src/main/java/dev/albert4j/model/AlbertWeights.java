package dev.albert4j.model;

import dev.albert4j.io.DataType;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.Safetensors;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.model.AlbertParameters.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of all parameters of {@link AlbertParameters#of}, and of those of {@link AlbertParameters#optional} that the
 * checkpoint had. Each is held once. Immutable and thread-safe.
 */
public final class AlbertWeights {
    /** What the name of the scales of a matrix in 8 bits ends with. */
    static final String SCALE = "_scale";

    private static final Map<String, String> FORMAT = Map.of("format", "pt"); // as Hugging Face expects it

    private final AlbertConfig config;
    private final Map<String, float[]> values; // in the order of AlbertParameters
    private final Set<String> int8Names;

    private AlbertWeights(AlbertConfig config, Map<String, float[]> values) {
        this(config, values, Set.of());
    }

    private AlbertWeights(AlbertConfig config, Map<String, float[]> values, Set<String> int8Names) {
        this.config = config;
        this.values = values;
        this.int8Names = int8Names;
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
        ShapeCheck check = new ShapeCheck();
        Map<String, float[]> ordered = new LinkedHashMap<>();
        for (Parameter parameter : all(config)) {
            float[] array = values.get(parameter.name());
            if (array != null) {
                check.size(parameter, array.length);
                ordered.put(parameter.name(), array);
            }
        }
        AlbertParameters.of(config).stream()
                .filter(parameter -> !ordered.containsKey(parameter.name()))
                .forEach(check::missing);
        values.keySet().stream().filter(name -> !ordered.containsKey(name)).forEach(check::unexpected);
        if (check.failed()) {
            throw new IllegalArgumentException(check.message());
        }
        return new AlbertWeights(config, ordered);
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
        ShapeCheck check = new ShapeCheck();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>(view.tensors());
        Set<String> int8Names = new LinkedHashSet<>();
        List<Parameter> wanted = new ArrayList<>();
        for (Parameter parameter : AlbertParameters.of(config)) {
            wanted.add(parameter);
            check.tensor(parameter, tensors.remove(parameter.name()));
        }
        for (Parameter parameter : AlbertParameters.optional(config)) {
            TensorInfo info = tensors.remove(parameter.name());
            if (info != null) {
                wanted.add(parameter);
                check.tensor(parameter, info);
            }
        }
        tensors.keySet().forEach(check::unexpected);
        check.orThrow(file.path());
        for (Parameter parameter : AlbertParameters.quantizable(config)) { // another would be kept in floats
            if (view.isInt8(parameter.name())) {
                int8Names.add(parameter.name());
            }
        }
        return new AlbertWeights(
                config,
                view.floats(wanted.stream().map(Parameter::name).toList()),
                Collections.unmodifiableSet(int8Names));
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
        return new Transfer(new AlbertWeights(config, values), taken, fresh, List.copyOf(tensors.keySet()));
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
        return new AlbertWeights(config, values);
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
        return new AlbertWeights(other, of(other, values).values, int8Names);
    }

    /**
     * The same model with some matrices rounded to 8 bits ({@link Int8Matrix}), to be stored and multiplied so.
     *
     * @param names of {@link AlbertParameters#quantizable}
     * @throws IllegalArgumentException if one is not of these, or has values that are not finite
     */
    public AlbertWeights quantized(Set<String> names) {
        Map<String, float[]> rounded = new LinkedHashMap<>(values);
        Set<String> left = new LinkedHashSet<>(names);
        for (Parameter parameter : AlbertParameters.quantizable(config)) {
            if (left.remove(parameter.name())) {
                rounded.put(parameter.name(), int8(parameter).toFloats());
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(left + " cannot be stored in 8 bits");
        }
        return new AlbertWeights(config, rounded, Collections.unmodifiableSet(new LinkedHashSet<>(names)));
    }

    /** The same with all of {@link AlbertParameters#quantizable} rounded. */
    public AlbertWeights quantized() {
        Set<String> names = new LinkedHashSet<>();
        AlbertParameters.quantizable(config).forEach(parameter -> names.add(parameter.name()));
        return quantized(names);
    }

    private Int8Matrix int8(Parameter parameter) {
        return Int8Matrix.of(
                values(parameter.name()),
                parameter.shape().get(0),
                parameter.shape().get(1));
    }

    /** The parameters that are stored in 8 bits: their values lie on a grid that {@link Int8Matrix} finds again. */
    public Set<String> int8Names() {
        return int8Names;
    }

    /** The configuration the shapes come from. */
    public AlbertConfig config() {
        return config;
    }

    /** The parameters there are, in the order of {@link AlbertParameters}. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /**
     * The values of a parameter, row-major. Read only: the array is shared.
     *
     * @throws IllegalArgumentException if the model has no such parameter
     */
    public float[] values(String name) {
        float[] array = values.get(name);
        if (array == null) {
            throw new IllegalArgumentException("the model has no parameter " + name);
        }
        return array;
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
            if (values.containsKey(parameter.name())) {
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
        for (Parameter parameter : AlbertParameters.quantizable(config)) {
            if (int8Names.contains(parameter.name()) && name.startsWith(parameter.name())) {
                Int8Matrix matrix = int8(parameter);
                return name.endsWith(SCALE) ? matrix.scales() : matrix.integers();
            }
        }
        return values(name);
    }

    /** What names of parameters begin with and stored names do not. */
    private String unstored() {
        return config.head() == Head.NONE ? "albert." : "";
    }
}
