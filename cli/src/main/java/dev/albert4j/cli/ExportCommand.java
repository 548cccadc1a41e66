package dev.albert4j.cli;

import dev.albert4j.model.ModelDirectory;
import dev.albert4j.onnx.OnnxModel;
import dev.albert4j.onnx.OnnxPrecision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a model for other runtimes: model.onnx with the model's head, and beside it config.json and the"
                    + " tokenizer's files. ONNX Runtime runs it; so do the verbs here, with --engine onnx."
        },
        footer = {"", "Example: albert export sentiment-en --format onnx --output runs/sentiment-onnx"})
final class ExportCommand implements Callable<Integer> {
    /** What a model can be written as. */
    private enum Format {
        ONNX
    }

    @Parameters(paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Option(names = "--format", paramLabel = "F", required = true, description = "onnx")
    private Format format = Format.ONNX;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "directory to write")
    private Path output = Path.of("");

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = {
                "fp32 (default), or int8: a quarter of the size, faster, slightly different results;",
                "uint8: the same for processors without AVX512-VNNI and AVX-VNNI, on which ONNX Runtime's sums of int8 can overflow"
            })
    private OnnxPrecision precision = OnnxPrecision.FP32;

    @Override
    public Integer call() throws IOException {
        OutputPath.checkDirectory(output);
        OnnxModel.export(ModelDirectory.open(Models.resolve(model)), precision, output);
        System.err.println("wrote " + output);
        return 0;
    }
}
