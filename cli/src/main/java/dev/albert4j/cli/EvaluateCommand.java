package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import dev.albert4j.io.WholeFile;
import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.task.Classification;
import dev.albert4j.task.TextClassifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert evaluate}. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a model on labelled data: precision, recall, f1-score and support of each class, accuracy, macro and"
                    + " weighted averages, and the confusion matrix."
        },
        footer = {"", "Example: albert evaluate runs/messages --data examples/messages/dev.csv"})
final class EvaluateCommand implements Callable<Integer> {
    private static final int CHUNK = 256;

    @Parameters(paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Mixin
    private DataOptions columns = new DataOptions();

    @Option(names = "--data", paramLabel = "FILE", required = true, description = DataOptions.FILES)
    private Path data = Path.of("");

    @Option(names = "--report", paramLabel = "FILE", description = "write the figures there too, as JSON")
    private @Nullable Path report;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--batch-tokens",
            paramLabel = "N",
            description = "run texts together up to N tokens (default ${DEFAULT-VALUE})",
            defaultValue = "4096")
    private int batchTokens = 4096;

    @Override
    public Integer call() throws IOException {
        EngineOptions.checkBatchTokens(batchTokens);
        if (report != null) {
            OutputPath.checkFile(report);
        }
        ModelDirectory directory = ModelDirectory.open(Models.resolve(model));
        List<LabeledText> examples = LabeledTextReader.read(data, columns.columns());
        try (Encoder encoder = engine.open(directory.weights())) {
            TextClassifier classifier =
                    new TextClassifier(Models.tokenizer(directory), directory.weights(), encoder, batchTokens);
            ClassificationReport result = evaluate(classifier, examples, data);
            if (report != null) {
                write(report, result);
            }
            System.out.print(result.toText());
        }
        return 0;
    }

    private void write(Path file, ClassificationReport result) throws IOException {
        ObjectNode json = result.toJson();
        json.put("model", model);
        json.put("data", data.toString());
        byte[] bytes = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
        WholeFile.write(file, channel -> {
            for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
                channel.write(rest);
            }
        });
    }

    static ClassificationReport evaluate(TextClassifier classifier, List<LabeledText> examples, Path data)
            throws DataFormatException {
        int[] expected = new int[examples.size()];
        int[] predicted = new int[examples.size()];
        for (int i = 0; i < examples.size(); i++) {
            expected[i] = classifier.labels().indexOf(examples.get(i).label());
            if (expected[i] < 0) {
                throw new DataFormatException(
                        data,
                        examples.get(i).line(),
                        "label \"" + examples.get(i).label() + "\" is not one of the model's "
                                + DataOptions.abbreviate(classifier.labels()));
            }
        }
        try (ProgressBar progress = new ProgressBar("evaluating")) {
            for (int begin = 0; begin < examples.size(); begin += CHUNK) {
                List<LabeledText> part = examples.subList(begin, Math.min(begin + CHUNK, examples.size()));
                List<TextClassifier.Input> inputs = new ArrayList<>();
                part.forEach(example -> inputs.add(new TextClassifier.Input(example.text(), example.pair())));
                List<Classification> answers = classifier.predict(inputs);
                for (int i = 0; i < answers.size(); i++) {
                    predicted[begin + i] =
                            classifier.labels().indexOf(answers.get(i).label());
                }
                progress.show(begin + part.size(), examples.size(), "");
            }
        }
        return ClassificationReport.of(classifier.labels(), expected, predicted);
    }
}
