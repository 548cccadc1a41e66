package dev.albert4j.cli;

import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert predict}. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = {
            "Puts a model to work on texts.",
            "Texts are arguments, or else lines of standard input: a text a line, or JSON lines {\"text\",\"pair\"}."
                    + " Writes a JSON line for each: a classifier {\"label\",\"score\",\"scores\",\"truncated\"}, a multi-label model {\"labels\",…},"
                    + " a regression {\"value\"}, ner {\"entities\"}, a masked language model {\"text\",\"filled\",\"fills\"} for texts"
                    + " with [MASK], an embedding model {\"embedding\"}, for a pair also {\"pair_embedding\",\"cosine\"}; a re-ranker reads"
                    + " {\"query\",\"texts\"} and writes {\"ranking\"}; a model that answers questions reads {\"question\",\"context\"} and, to choose,"
                    + " \"choices\"."
        },
        footer = {"", "Example: albert predict sentiment-en --explain \"It was a fine film.\""})
final class PredictCommand implements Callable<Integer> {
    private static final int MAX_LINES = 1024;
    private static final int BYTES_PER_TOKEN = 3; // a Chinese character; of English it takes more

    @Parameters(index = "0", paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Parameters(index = "1..*", paramLabel = "TEXT", description = "texts")
    private List<String> texts = List.of();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "list the K most probable labels or pieces, or the first K of a ranking, best first")
    private @Nullable Integer topK;

    @Option(
            names = "--explain",
            description = "add each word's contribution: by how much it raised the log-odds of the label")
    private boolean explain;

    @Mixin
    private TaskOptions options = new TaskOptions();

    @Override
    public Integer call() throws IOException {
        if (topK != null && topK < 1) {
            throw new IllegalArgumentException("--top-k " + topK + " is not positive");
        }
        options.check();
        ModelDirectory directory = ModelDirectory.open(Models.resolve(model));
        JsonLines out = new JsonLines(System.out);
        AnswerStyle style = new AnswerStyle(topK, explain);
        try (TaskOptions.Opened opened = options.open(directory, encoder(directory))) {
            ModelTask task = opened.task();
            if (texts.isEmpty()) {
                predictLines(task, style, out);
            } else {
                task.predict(
                        texts.stream()
                                .map(text -> new TextLines.Line(text, null))
                                .toList(),
                        style,
                        out);
                out.flush();
            }
        }
        return 0;
    }

    private Encoder encoder(ModelDirectory directory) throws IOException {
        if (texts.isEmpty() || explain) { // which reads each text many times
            return engine.open(directory);
        }
        int bytes = texts.stream()
                .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
        return engine.openFor(2L * texts.size() + bytes / BYTES_PER_TOKEN, directory);
    }

    /** Reads as many lines as fill some batches, or as there are: who writes a line and waits gets an answer. */
    private void predictLines(ModelTask task, AnswerStyle style, JsonLines out) throws IOException {
        try (TextLines lines = TextLines.standardInput()) {
            List<TextLines.Line> waiting = new ArrayList<>();
            long characters = 0;
            for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
                waiting.add(line);
                characters += line.text().length();
                if (!lines.isReady() || waiting.size() == MAX_LINES || characters > 16L * options.batchTokens()) {
                    task.predict(waiting, style, out);
                    out.flush();
                    waiting.clear();
                    characters = 0;
                }
            }
            task.predict(waiting, style, out);
            out.flush();
        }
    }
}
