package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.WholeFile;
import dev.albert4j.metric.Report;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.train.EvaluationPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    @Parameters(paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Mixin
    private DataOptions columns = new DataOptions();

    @Option(names = "--data", paramLabel = "FILE", required = true, description = DataOptions.FILES)
    private Path data = Path.of("");

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "write the figures and the worst errors with their texts there too: .html for a page to read, else JSON")
    private @Nullable Path report;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Mixin
    private TaskOptions options = new TaskOptions();

    @Override
    public Integer call() throws IOException {
        options.check();
        if (report != null) {
            OutputPath.checkFile(report);
        }
        ModelDirectory directory = ModelDirectory.open(Models.resolve(model));
        try (TaskOptions.Opened opened = options.open(directory, engine)) {
            Report result = evaluate(opened.task());
            if (report != null) {
                write(report, result);
            }
            System.out.print(result.text());
        }
        return 0;
    }

    private Report evaluate(ModelTask task) throws IOException {
        try (ProgressBar progress = new ProgressBar("evaluating")) {
            return task.evaluate(data, columns, (done, all) -> progress.show(done, all, ""));
        }
    }

    private void write(Path file, Report result) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".html") || name.endsWith(".htm")) {
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("model", model);
            facts.put("data", data.toString());
            new EvaluationPage(model + " on " + data.getFileName(), facts, result).write(file);
            return;
        }
        ObjectNode json = result.json().deepCopy();
        json.put("model", model);
        json.put("data", data.toString());
        WholeFile.write(
                file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }
}
