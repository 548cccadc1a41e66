package dev.albert4j.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A state dict saved by {@code torch.save} (PyTorch 1.6 or later): a zip archive, nothing in it compressed, with {@code
 * data.pkl}, the dictionary, read by {@link Unpickler} without running anything, and {@code data/KEY}, the numbers.
 * Thread-safe until closed.
 */
public final class PyTorchCheckpoint implements TensorFile {
    private static final int MAX_PICKLE_BYTES = 4 << 20; // some 25,000 tensors
    private static final String PICKLE = "data.pkl";
    private static final int BUFFER_BYTES = 1 << 16; // a multiple of every element's size

    private final Path file;
    private final ZipFile zip;
    private final Map<String, Unpickler.Tensor> views;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final String prefix;
    private volatile boolean closed;

    private PyTorchCheckpoint(Path file, ZipFile zip) throws IOException {
        this.file = file;
        this.zip = zip;
        ZipEntry pickle = pickle();
        prefix = pickle.getName().substring(0, pickle.getName().length() - PICKLE.length());
        ZipEntry byteOrder = zip.getEntry(prefix + "byteorder");
        if (byteOrder != null && !new String(bytes(byteOrder, 16), StandardCharsets.UTF_8).equals("little")) {
            throw new ModelFormatException(file, "was written by a big-endian machine");
        }
        views = Unpickler.read(file, bytes(pickle, MAX_PICKLE_BYTES));
        for (Map.Entry<String, Unpickler.Tensor> view : views.entrySet()) {
            tensors.put(view.getKey(), check(SafetensorsHeader.quote(view.getKey()), view.getValue()));
        }
    }

    /**
     * Opens a file and reads its dictionary.
     *
     * @throws ModelFormatException if it is not such a file, or asks for anything but tensors
     */
    public static PyTorchCheckpoint open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
        checkMagic(file);
        @Nullable ZipFile zip = null;
        try {
            zip = new ZipFile(file.toFile());
            return new PyTorchCheckpoint(file, zip);
        } catch (ModelFormatException e) {
            close(zip, e);
            throw e;
        } catch (IOException | IllegalArgumentException e) { // the latter for names that are not UTF-8
            close(zip, e);
            throw new ModelFormatException(file, "is a damaged or truncated zip archive", e);
        } catch (RuntimeException | Error e) {
            close(zip, e);
            throw e;
        }
    }

    private static void close(@Nullable ZipFile zip, Throwable failure) {
        try {
            if (zip != null) {
                zip.close();
            }
        } catch (IOException left) {
            failure.addSuppressed(left);
        }
    }

    private static void checkMagic(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(4);
        }
        if (!Arrays.equals(start, new byte[] {'P', 'K', 3, 4})) {
            boolean pickled = start.length > 0 && (start[0] & 0xff) == 0x80;
            String legacy = "is in PyTorch's format from before 1.6; load and save it again with a newer PyTorch";
            throw new ModelFormatException(file, pickled ? legacy : "is not a PyTorch checkpoint (a zip archive)");
        }
    }

    private ZipEntry pickle() throws IOException {
        List<? extends ZipEntry> found = zip.stream()
                .filter(entry ->
                        entry.getName().equals(PICKLE) || entry.getName().endsWith("/" + PICKLE))
                .toList();
        if (found.size() != 1) {
            throw new ModelFormatException(file, "holds " + found.size() + " entries data.pkl, not one");
        }
        return found.get(0);
    }

    private byte[] bytes(ZipEntry entry, int limit) throws IOException {
        checkStored(entry);
        if (entry.getSize() > limit) {
            throw new ModelFormatException(
                    file, entry.getName() + " has " + entry.getSize() + " bytes, at most " + limit + " are read");
        }
        byte[] bytes;
        try (InputStream in = zip.getInputStream(entry)) {
            bytes = in.readNBytes(limit);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        checkCrc(entry, crc);
        return bytes;
    }

    /** Uncompressed, as PyTorch writes them: nothing in the archive can be larger than the archive. */
    private void checkStored(ZipEntry entry) throws ModelFormatException {
        boolean stored = entry.getMethod() == ZipEntry.STORED && entry.getSize() == entry.getCompressedSize();
        if (!stored) {
            throw new ModelFormatException(
                    file, SafetensorsHeader.quote(entry.getName()) + " is compressed, which PyTorch never does");
        }
    }

    private void checkCrc(ZipEntry entry, CRC32 crc) throws ModelFormatException {
        if (crc.getValue() != entry.getCrc()) {
            throw new ModelFormatException(
                    file, SafetensorsHeader.quote(entry.getName()) + " is damaged: its checksum does not match");
        }
    }

    private TensorInfo check(String name, Unpickler.Tensor view) throws IOException {
        Unpickler.Storage storage = view.storage();
        ZipEntry entry = zip.getEntry(prefix + "data/" + storage.key());
        if (entry == null) {
            throw new ModelFormatException(file, "the numbers of " + name + " are missing");
        }
        checkStored(entry);
        int rank = view.shape().size();
        if (rank != view.strides().size()) {
            throw new ModelFormatException(
                    file,
                    name + " has " + rank + " dimensions and " + view.strides().size() + " strides");
        }
        TensorInfo info = new TensorInfo(storage.type(), view.shape());
        try {
            long bytes =
                    Math.multiplyExact(storage.numElements(), storage.type().numBytes());
            boolean fits = info.numElements() <= storage.numElements() && end(view) <= storage.numElements();
            if (bytes != entry.getSize() || !fits) {
                throw new ModelFormatException(
                        file,
                        name + " of shape " + view.shape() + ", offset " + view.offset() + " and strides "
                                + view.strides() + " does not fit its " + entry.getSize() + " bytes");
            }
        } catch (ArithmeticException e) {
            throw new ModelFormatException(file, name + " of shape " + view.shape() + " is too large", e);
        }
        return info;
    }

    /** One more than the last element a view touches. */
    private static long end(Unpickler.Tensor view) {
        long last = view.offset();
        for (int i = 0; i < view.shape().size(); i++) {
            if (view.shape().get(i) == 0) {
                return 0;
            }
            last = Math.addExact(
                    last,
                    Math.multiplyExact(view.shape().get(i) - 1, view.strides().get(i)));
        }
        return Math.addExact(last, 1);
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** {@inheritDoc} The checksum is verified. */
    @Override
    public float[] floats(String name) throws IOException {
        Unpickler.Tensor view = views.get(name);
        TensorInfo info = tensors.get(name);
        if (view == null || info == null) {
            throw new IllegalArgumentException(file + " has no tensor " + SafetensorsHeader.quote(name));
        }
        if (closed) {
            throw new IOException(file + ": is closed");
        }
        int count = MappedNumbers.count(file, name, info);
        if (count == 0) {
            return new float[0];
        }
        long span = end(view) - view.offset();
        if (span > MappedNumbers.MAX_ELEMENTS) {
            throw new ModelFormatException(file, name + " is spread over " + span + " elements");
        }
        float[] region = read(view.storage(), view.offset(), (int) span);
        return isContiguous(view) ? region : gather(region, view, count);
    }

    /** Reads the storage through, for its checksum, and keeps a region. */
    private float[] read(Unpickler.Storage storage, long offset, int count) throws IOException {
        ZipEntry entry = zip.getEntry(prefix + "data/" + storage.key());
        float[] values = new float[count];
        byte[] buffer = new byte[BUFFER_BYTES];
        CRC32 crc = new CRC32();
        int width = storage.type().numBytes();
        try (InputStream in = zip.getInputStream(entry)) {
            long element = 0;
            for (int n = in.readNBytes(buffer, 0, BUFFER_BYTES); n > 0; n = in.readNBytes(buffer, 0, BUFFER_BYTES)) {
                crc.update(buffer, 0, n);
                long begin = Math.max(element, offset);
                long end = Math.min(element + n / width, offset + count);
                if (begin < end) {
                    ByteBuffer bytes = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.position((int) (begin - element) * width);
                    FloatCodec.decode(bytes, storage.type(), values, (int) (begin - offset), (int) (end - begin));
                }
                element += n / width;
            }
        } catch (ZipException | EOFException e) {
            throw new ModelFormatException(file, "is a damaged or truncated zip archive", e);
        }
        checkCrc(entry, crc);
        return values;
    }

    private static boolean isContiguous(Unpickler.Tensor view) {
        long expected = 1;
        for (int i = view.shape().size() - 1; i >= 0; i--) {
            long size = view.shape().get(i);
            if (size != 1 && view.strides().get(i) != expected) {
                return false;
            }
            expected *= size;
        }
        return true;
    }

    /** Brings a strided view in row-major order. */
    private static float[] gather(float[] region, Unpickler.Tensor view, int count) {
        float[] values = new float[count];
        int rank = view.shape().size();
        long[] position = new long[rank];
        long from = 0;
        for (int i = 0; i < count; i++) {
            values[i] = region[(int) from];
            for (int axis = rank - 1; axis >= 0; axis--) {
                position[axis]++;
                from += view.strides().get(axis);
                if (position[axis] < view.shape().get(axis)) {
                    break;
                }
                from -= position[axis] * view.strides().get(axis);
                position[axis] = 0;
            }
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        zip.close();
    }
}
