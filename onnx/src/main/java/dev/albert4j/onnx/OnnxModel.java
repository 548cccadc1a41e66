package dev.albert4j.onnx;

import com.google.protobuf.CodedOutputStream;
import dev.albert4j.io.WholeDirectory;
import dev.albert4j.io.WholeFile;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes ALBERT as an ONNX model (opset 17, operators of the standard only), straight from its weights, with the head that its
 * configuration names.
 *
 * <p>Inputs and outputs are named as in Hugging Face's exports: {@code input_ids}, {@code attention_mask}, {@code token_type_ids}, int64
 * [B, T], [B, choices, T] for multiple choice; {@code logits}, or {@code start_logits} and {@code end_logits}, {@code prediction_logits}
 * and {@code sop_logits}, {@code last_hidden_state} and {@code pooler_output}. B and T are free. Every parameter stands in the file once;
 * matrices of linear maps are turned round, [in, out], and named {@code NAME.kernel}. No method keeps anything; all are thread-safe.
 */
public final class OnnxModel {
    /** Name of the file in a directory. */
    public static final String FILE = "model.onnx";

    private static final int MAX_BYTES = Integer.MAX_VALUE;

    private OnnxModel() {}

    /**
     * Writes the file, whole or not at all.
     *
     * @throws IllegalArgumentException if it would be larger than 2 GB, the most that a protobuf file can be
     */
    public static void write(AlbertWeights weights, OnnxPrecision precision, Path file) throws IOException {
        Message model = ModelGraph.of(weights, precision);
        checkSize(model.size());
        WholeFile.write(
                file,
                channel -> model.writeTo(CodedOutputStream.newInstance(Channels.newOutputStream(channel), 1 << 16)));
    }

    /**
     * Writes a directory, whole or not at all: the model, and beside it configuration, tokenizer and what else describes it. An earlier
     * export of that name is replaced.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is something else of that name
     * @throws IllegalArgumentException as above
     */
    public static void export(ModelDirectory model, OnnxPrecision precision, Path directory) throws IOException {
        AlbertWeights weights = model.weights();
        WholeDirectory.write(directory, ModelDirectory.OWN_FILES, isExport(directory), aside -> {
            model.writeDescription(aside);
            write(weights, precision, aside.resolve(FILE));
        });
    }

    /** Weights in another format beside it mean that the directory is a model's own. */
    private static boolean isExport(Path directory) {
        return Files.exists(directory.resolve(FILE)) && !Files.exists(directory.resolve("model.safetensors"));
    }

    /** The encoder alone, in memory. */
    static byte[] encoder(AlbertWeights weights, OnnxPrecision precision, OutputStates states) {
        Message model = ModelGraph.encoder(weights, precision, states);
        checkSize(model.size());
        return model.toBytes();
    }

    static void checkSize(long bytes) {
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the ONNX model would have " + bytes + " bytes, but a file of this format has at most " + MAX_BYTES
                            + "; int8 takes a quarter of what fp32 does");
        }
    }
}
