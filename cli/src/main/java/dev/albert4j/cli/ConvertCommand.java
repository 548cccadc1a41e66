package dev.albert4j.cli;

import dev.albert4j.model.ModelConverter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code albert convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a checkpoint as a model directory that albert4j and Hugging Face open.",
            "IN is a directory (or the prefix of a checkpoint in one) with config.json or albert_config.json and the weights:"
                    + " a TensorFlow checkpoint, PyTorch's pytorch_model.bin, or safetensors, sharded or not."
        })
final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "what to convert")
    private Path in = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "directory to write")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        OutputPath.checkDirectory(out);
        ModelConverter.convert(in, out);
        System.err.println("wrote " + out);
        return 0;
    }
}
