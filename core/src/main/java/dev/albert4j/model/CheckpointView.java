package dev.albert4j.model;

import dev.albert4j.io.DataType;
import dev.albert4j.io.FloatSink;
import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a checkpoint under the names of {@link AlbertParameters}, whoever wrote it: Hugging Face's state dicts with or
 * without the prefix {@code albert.}, and Google's variables ({@link GoogleVariables}), kernels transposed. Names it does not
 * know stay as they are.
 */
final class CheckpointView {
    private static final String WORDS = "albert.embeddings.word_embeddings.weight";
    private static final String QUERY = "albert.encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight";
    private static final String MAPPING = "albert.encoder.embedding_hidden_mapping_in";

    /** Second names of tied parameters in Hugging Face's files. */
    private static final Map<String, String> ALIASES =
            Map.of("predictions.decoder.weight", WORDS, "predictions.decoder.bias", "predictions.bias");

    /** Where a parameter comes from. */
    private record Source(String name, TensorInfo info, boolean transposed) {}

    private final TensorFile file;
    private final boolean google;
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private final Map<String, TensorInfo> infos = new LinkedHashMap<>();

    private CheckpointView(TensorFile file, boolean google) {
        this.file = file;
        this.google = google;
    }

    /** @throws ModelFormatException if two tensors have one meaning and different values */
    static CheckpointView of(TensorFile file) throws IOException {
        boolean google = file.tensors().keySet().stream().anyMatch(GoogleVariables::isEncoderVariable);
        CheckpointView view = new CheckpointView(file, google);
        for (Map.Entry<String, TensorInfo> tensor : file.tensors().entrySet()) {
            view.add(tensor.getKey(), tensor.getValue());
        }
        if (google) {
            view.addIdentityMapping();
        } else {
            view.resolveAliases();
        }
        view.findScales();
        return view;
    }

    private void add(String name, TensorInfo info) throws ModelFormatException {
        boolean skipped = google ? GoogleVariables.isTrainingState(name) : isBuffer(name);
        if (skipped) {
            return;
        }
        String parameter = google ? GoogleVariables.parameterOf(name) : stateDictName(name);
        boolean transposed =
                google && GoogleVariables.isTransposed(name) && info.shape().size() == 2;
        List<Long> shape =
                transposed ? List.of(info.shape().get(1), info.shape().get(0)) : info.shape();
        Source earlier = sources.put(parameter, new Source(name, info, transposed));
        if (earlier != null) {
            throw new ModelFormatException(file.path(), earlier.name() + " and " + name + " are both " + parameter);
        }
        infos.put(parameter, new TensorInfo(info.dataType(), shape));
    }

    /** Buffers that some versions of Hugging Face's classes store: they hold 0, 1, 2, … and zeros. */
    private static boolean isBuffer(String name) {
        return name.endsWith("embeddings.position_ids") || name.endsWith("embeddings.token_type_ids");
    }

    private static String stateDictName(String name) {
        String plain = name.startsWith("module.") ? name.substring("module.".length()) : name;
        boolean bare = plain.startsWith("embeddings.") || plain.startsWith("encoder.") || plain.startsWith("pooler.");
        return (bare ? "albert." + plain : plain)
                .replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
    }

    /** Google's model has no E→H map where E = H; Hugging Face's always has one. */
    private void addIdentityMapping() {
        if (infos.containsKey(MAPPING + ".weight") || infos.containsKey(MAPPING + ".bias")) {
            return;
        }
        long width = lastDimension(infos.get(WORDS));
        long hidden = lastDimension(infos.get(QUERY));
        if (width > 0 && width == hidden) {
            infos.put(MAPPING + ".weight", new TensorInfo(DataType.F32, List.of(width, width)));
            infos.put(MAPPING + ".bias", new TensorInfo(DataType.F32, List.of(width)));
        }
    }

    /** The last dimension of a matrix, 0 where there is none. */
    private static long lastDimension(@Nullable TensorInfo info) {
        return info == null || info.shape().size() != 2 ? 0 : info.shape().get(1);
    }

    private void resolveAliases() throws IOException {
        for (Map.Entry<String, String> tie : ALIASES.entrySet()) {
            String alias = tie.getKey();
            String name = tie.getValue();
            TensorInfo info = infos.remove(alias);
            Source source = sources.remove(alias);
            if (info == null || source == null) {
                continue;
            }
            if (!infos.containsKey(name)) {
                infos.put(name, info);
                sources.put(name, source);
            } else if (!info.equals(infos.get(name)) || !Arrays.equals(file.floats(source.name()), floats(name))) {
                throw new ModelFormatException(
                        file.path(),
                        source.name() + " differs from " + name + "; ALBERT ties the two, untied ones cannot be used");
            }
        }
    }

    /** Matrices in 8 bits have the scales of their rows beside them. */
    private void findScales() throws ModelFormatException {
        for (Map.Entry<String, TensorInfo> tensor : List.copyOf(infos.entrySet())) {
            if (tensor.getValue().dataType() != DataType.I8) {
                continue;
            }
            String name = tensor.getKey();
            List<Long> shape = tensor.getValue().shape();
            TensorInfo scales = infos.remove(name + AlbertWeights.SCALE);
            if (scales == null
                    || shape.size() != 2
                    || !scales.equals(new TensorInfo(DataType.F32, shape.subList(0, 1)))) {
                throw new ModelFormatException(
                        file.path(),
                        name + " is I8 " + shape + ", but " + name + AlbertWeights.SCALE + " is "
                                + (scales == null ? "missing" : scales.dataType() + " " + scales.shape())
                                + "; expected is F32 with a scale for each row of a matrix");
            }
        }
    }

    /** Whether the names are those of Google's code. */
    boolean isGoogle() {
        return google;
    }

    /** Types and shapes by parameter name, shapes as in Hugging Face's checkpoints. */
    Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(infos);
    }

    /** Whether a parameter is stored in 8 bits. */
    boolean isInt8(String parameter) {
        TensorInfo info = infos.get(parameter);
        return info != null && info.dataType() == DataType.I8;
    }

    /** The values of parameters, read on all processors. */
    Map<String, float[]> floats(Collection<String> parameters) throws IOException {
        return readAll(parameters, this::floats);
    }

    /** Matrices that are stored in 8 bits, read on all processors. */
    Map<String, Int8Matrix> matrices(Collection<String> parameters) throws IOException {
        return readAll(parameters, this::matrix);
    }

    private interface Reading<T> {
        T read(String parameter) throws IOException;
    }

    private static <T> Map<String, T> readAll(Collection<String> parameters, Reading<T> reading) throws IOException {
        Map<String, T> all = new ConcurrentHashMap<>();
        try {
            parameters.parallelStream()
                    .forEach(parameter -> all.put(parameter, unchecked(() -> reading.read(parameter))));
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        return all;
    }

    /** What is read from a file. */
    interface Value<T> {
        T read() throws IOException;
    }

    /** Reads where no {@link IOException} may be thrown. */
    static <T> T unchecked(Value<T> value) {
        try {
            return value.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A matrix that is stored in 8 bits, in new arrays. */
    Int8Matrix matrix(String parameter) throws IOException {
        String name = Objects.requireNonNull(sources.get(parameter)).name();
        float[] scales = file.floats(name + AlbertWeights.SCALE);
        for (float scale : scales) {
            if (!Float.isFinite(scale)) {
                throw new ModelFormatException(
                        file.path(), name + AlbertWeights.SCALE + " holds " + scale + "; scales are finite");
            }
        }
        return Int8Matrix.ofIntegers(file.bytes(name), scales);
    }

    /** The values of a parameter in a new array. */
    float[] floats(String parameter) throws IOException {
        Source source = sources.get(parameter);
        if (source != null) {
            float[] values = file.floats(source.name());
            if (source.info().dataType() == DataType.I8) {
                Int8Matrix.scaleRows(values, file.floats(source.name() + AlbertWeights.SCALE));
            }
            return source.transposed() ? transpose(values, source.info()) : values;
        }
        TensorInfo info = infos.get(parameter);
        if (info == null) {
            throw new IllegalArgumentException(file.path() + " has no tensor " + parameter);
        }
        return identity(info);
    }

    /** The values of a parameter as {@link TensorFile#readBlocks} gives them; all in one where they do not stand in the file as they are. */
    void readBlocks(String parameter, int blockSize, FloatSink sink) throws IOException {
        Source source = sources.get(parameter);
        if (source != null && !source.transposed() && source.info().dataType() != DataType.I8) {
            file.readBlocks(source.name(), blockSize, sink);
        } else {
            float[] values = floats(parameter);
            sink.accept(values, 0, values.length);
        }
    }

    /** The identity matrix, or zeros for its bias. */
    private static float[] identity(TensorInfo info) {
        float[] values = new float[Math.toIntExact(info.numElements())];
        if (info.shape().size() == 2) {
            int width = Math.toIntExact(info.shape().get(0));
            for (int i = 0; i < width; i++) {
                values[i * width + i] = 1;
            }
        }
        return values;
    }

    /** Columns become rows, by blocks that stay in the cache. */
    private static float[] transpose(float[] values, TensorInfo info) {
        int rows = Math.toIntExact(info.shape().get(0));
        int columns = Math.toIntExact(info.shape().get(1));
        float[] out = new float[values.length];
        int block = 32;
        for (int row0 = 0; row0 < rows; row0 += block) {
            int row1 = Math.min(rows, row0 + block);
            for (int column = 0; column < columns; column++) {
                for (int row = row0; row < row1; row++) {
                    out[column * rows + row] = values[row * columns + column];
                }
            }
        }
        return out;
    }
}
