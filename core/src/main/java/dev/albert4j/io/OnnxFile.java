package dev.albert4j.io;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of an ONNX model that albert4j exported: the initializers of its graph ({@code onnx.proto}, by field numbers).
 *
 * <p>{@code NAME.kernel} is read as {@code NAME.weight}, turned round: [in, out] there, [out, in] here. {@code X_quantized}, bytes, is
 * read as X: signed ones, or unsigned ones less 128, each row of the weight times its value in {@code X_scale}. Integers and numbers without dimensions, which graphs need for
 * themselves, are left out. Thread-safe until closed.
 */
public final class OnnxFile implements TensorFile {
    private static final int GRAPH = 7; // of ModelProto
    private static final int INITIALIZER = 5; // of GraphProto
    private static final int DIMENSIONS = 1; // of TensorProto
    private static final int DATA_TYPE = 2;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int FLOAT = 1; // of TensorProto.DataType
    private static final int UINT8 = 2;
    private static final int INT8 = 3;
    private static final int INT64 = 7;
    private static final int UNSIGNED_ZERO = 128; // what stands for 0 in UINT8
    private static final String DAMAGED = "is no ONNX model, or a damaged one: ";
    private static final String KERNEL = ".kernel";
    private static final String QUANTIZED = "_quantized";
    private static final String SCALE = "_scale";

    /** An initializer and where its bytes lie. */
    private record Stored(List<Long> shape, int type, long position, long numBytes) {
        boolean isQuantized() {
            return type == INT8 || type == UINT8;
        }
    }

    /** Where a tensor's values come from. */
    private record Source(Stored stored, @Nullable Stored scale, boolean transposed) {}

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Source> sources = new HashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private OnnxFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads where the arrays are.
     *
     * @throws ModelFormatException if the file is truncated, damaged or hostile
     */
    public static OnnxFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        OnnxFile file = new OnnxFile(path, channel);
        try {
            Map<String, Stored> initializers = new LinkedHashMap<>();
            CodedInputStream in = CodedInputStream.newInstance(Channels.newInputStream(channel));
            file.readMessage(
                    in,
                    GRAPH,
                    graph ->
                            file.readMessage(graph, INITIALIZER, tensor -> file.readInitializer(tensor, initializers)));
            file.resolve(initializers);
            return file;
        } catch (InvalidProtocolBufferException e) {
            channel.close();
            throw new ModelFormatException(path, DAMAGED + e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** Whether matrices are stored in 8 bits. */
    public boolean isQuantized() {
        return sources.values().stream().anyMatch(source -> source.scale() != null);
    }

    /** Reads a field. */
    @FunctionalInterface
    private interface Reader {
        void read(CodedInputStream in) throws IOException;
    }

    /** Reads the messages in one field of a message, and skips all else. */
    private void readMessage(CodedInputStream in, int field, Reader reader) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                int end = in.pushLimit(in.readRawVarint32());
                reader.read(in);
                checkEnd(in);
                in.popLimit(end);
            } else {
                in.skipField(tag);
            }
        }
    }

    /** Where a file ends, every message seems to end. */
    private void checkEnd(CodedInputStream in) throws ModelFormatException {
        if (in.getBytesUntilLimit() != 0) {
            throw new ModelFormatException(file, DAMAGED + "it was cut short");
        }
    }

    private static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }

    private void readInitializer(CodedInputStream in, Map<String, Stored> initializers) throws IOException {
        List<Long> shape = new ArrayList<>();
        int type = 0;
        String name = "";
        long position = 0;
        int numBytes = -1;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(DIMENSIONS, WireFormat.WIRETYPE_VARINT)) {
                shape.add(in.readInt64());
            } else if (tag == tag(DATA_TYPE, WireFormat.WIRETYPE_VARINT)) {
                type = in.readInt32();
            } else if (tag == tag(NAME, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                name = in.readStringRequireUtf8();
            } else if (tag == tag(RAW_DATA, WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                numBytes = in.readRawVarint32();
                position = in.getTotalBytesRead();
                in.skipRawBytes(numBytes);
            } else {
                in.skipField(tag);
            }
        }
        checkEnd(in);
        if (type == INT64 || shape.isEmpty()) {
            return;
        }
        Stored stored = new Stored(List.copyOf(shape), type, position, numBytes);
        check(name, stored);
        if (initializers.put(name, stored) != null) {
            throw new ModelFormatException(file, "has two initializers " + name);
        }
    }

    private void check(String name, Stored stored) throws IOException {
        if (stored.position() + stored.numBytes() > channel.size()) { // skipping goes beyond the end
            throw new ModelFormatException(file, DAMAGED + "it was cut short in " + name);
        }
        if (stored.type() != FLOAT && !stored.isQuantized()) {
            throw new ModelFormatException(
                    file,
                    name + " is of ONNX type " + stored.type() + ", allowed are 1 (float), 2 (uint8) and 3 (int8)");
        }
        long size = stored.type() == FLOAT ? Float.BYTES : 1;
        boolean fits;
        try {
            fits = new TensorInfo(DataType.F32, stored.shape()).numElements() * size == stored.numBytes();
        } catch (ArithmeticException | IllegalArgumentException e) {
            fits = false; // negative, or beyond any file
        }
        if (!fits) {
            throw new ModelFormatException(
                    file,
                    name + " has the shape " + stored.shape() + ", but " + stored.numBytes() + " bytes of raw data");
        }
    }

    private void resolve(Map<String, Stored> initializers) throws ModelFormatException {
        for (Map.Entry<String, Stored> initializer : initializers.entrySet()) {
            String name = initializer.getKey();
            Stored stored = initializer.getValue();
            if (name.endsWith(SCALE) && initializers.containsKey(withoutEnd(name, SCALE) + QUANTIZED)) {
                continue;
            }
            Stored scale = null;
            if (stored.isQuantized()) {
                name = name.endsWith(QUANTIZED) ? withoutEnd(name, QUANTIZED) : name;
                scale = initializers.get(name + SCALE);
            }
            boolean transposed = name.endsWith(KERNEL) && stored.shape().size() == 2;
            List<Long> shape = stored.shape();
            if (transposed) {
                name = withoutEnd(name, KERNEL) + ".weight";
                shape = List.of(shape.get(1), shape.get(0));
            }
            boolean scaled =
                    scale != null && scale.type() == FLOAT && scale.shape().equals(shape.subList(0, 1));
            if (stored.isQuantized() && !scaled) {
                throw new ModelFormatException(
                        file, name + " is stored in 8 bits without a scale for each of its rows");
            }
            sources.put(name, new Source(stored, scale, transposed));
            tensors.put(name, new TensorInfo(DataType.F32, shape));
        }
    }

    private static String withoutEnd(String name, String end) {
        return name.substring(0, name.length() - end.length());
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public float[] floats(String name) throws IOException {
        Source source = sources.get(name);
        TensorInfo info = tensors.get(name);
        if (source == null || info == null) {
            throw new IllegalArgumentException(file + " has no tensor " + name);
        }
        int count = MappedNumbers.count(file, name, info);
        float[] values = source.stored().isQuantized()
                ? bytes(source.stored(), count)
                : MappedNumbers.read(channel, file, source.stored().position(), DataType.F32, count, null);
        int rows = count == 0 ? 0 : Math.toIntExact(info.shape().get(0));
        if (source.transposed()) {
            values = transposed(values, rows);
        }
        Stored scale = source.scale();
        if (scale != null) {
            scale(values, MappedNumbers.read(channel, file, scale.position(), DataType.F32, rows, null));
        }
        return values;
    }

    private float[] bytes(Stored stored, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && channel.read(bytes, stored.position() + bytes.position()) >= 0) {}
        if (bytes.hasRemaining()) {
            throw new ModelFormatException(file, "was cut short while it was open");
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = stored.type() == UINT8 ? (bytes.get(i) & 0xff) - UNSIGNED_ZERO : bytes.get(i);
        }
        return values;
    }

    /** @param rows of the result */
    private static float[] transposed(float[] values, int rows) {
        float[] turned = new float[values.length];
        int columns = rows == 0 ? 0 : values.length / rows;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[row * columns + column] = values[column * rows + row];
            }
        }
        return turned;
    }

    private static void scale(float[] values, float[] scales) {
        int columns = scales.length == 0 ? 0 : values.length / scales.length;
        for (int i = 0; i < values.length; i++) {
            values[i] *= scales[i / columns];
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
