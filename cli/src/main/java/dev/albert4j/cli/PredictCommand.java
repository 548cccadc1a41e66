package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.task.Classification;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextClassifier.Input;
import dev.albert4j.task.WordContribution;
import java.io.IOException;
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
            "Classifies texts.",
            "Texts are arguments, or else lines of standard input: a text a line, or JSON lines {\"text\",\"pair\"}."
                    + " Writes a JSON line for each: {\"label\",\"score\",\"scores\",\"truncated\"}."
        },
        footer = {"", "Example: albert predict sentiment-en --explain \"It was a fine film.\""})
final class PredictCommand implements Callable<Integer> {
    private static final int MAX_LINES = 1024;

    @Parameters(index = "0", paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Parameters(index = "1..*", paramLabel = "TEXT", description = "texts to classify")
    private List<String> texts = List.of();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(names = "--top-k", paramLabel = "K", description = "list the K most probable labels, best first")
    private @Nullable Integer topK;

    @Option(
            names = "--explain",
            description = "add each word's contribution: by how much it raised the log-odds of the label")
    private boolean explain;

    @Option(
            names = "--batch-tokens",
            paramLabel = "N",
            description = "run texts together up to N tokens (default ${DEFAULT-VALUE})",
            defaultValue = "4096")
    private int batchTokens = 4096;

    @Override
    public Integer call() throws IOException {
        if (topK != null && topK < 1) {
            throw new IllegalArgumentException("--top-k " + topK + " is not positive");
        }
        EngineOptions.checkBatchTokens(batchTokens);
        ModelDirectory directory = ModelDirectory.open(Models.resolve(model));
        JsonLines out = new JsonLines(System.out);
        try (Encoder encoder = engine.open(directory.weights())) {
            TextClassifier classifier =
                    new TextClassifier(Models.tokenizer(directory), directory.weights(), encoder, batchTokens);
            if (texts.isEmpty()) {
                predictLines(classifier, out);
            } else {
                write(
                        classifier,
                        texts.stream().map(text -> new Input(text, null)).toList(),
                        out);
            }
        }
        return 0;
    }

    /** Reads as many lines as fill some batches, or as there are: who writes a line and waits gets an answer. */
    private void predictLines(TextClassifier classifier, JsonLines out) throws IOException {
        try (TextLines lines = TextLines.standardInput()) {
            List<Input> waiting = new ArrayList<>();
            long characters = 0;
            for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
                waiting.add(new Input(line.text(), line.pair()));
                characters += line.text().length();
                if (!lines.isReady() || waiting.size() == MAX_LINES || characters > 16L * batchTokens) {
                    write(classifier, waiting, out);
                    waiting.clear();
                    characters = 0;
                }
            }
            write(classifier, waiting, out);
        }
    }

    private void write(TextClassifier classifier, List<Input> inputs, JsonLines out) throws IOException {
        if (explain) {
            for (Input input : inputs) {
                TextClassifier.Explanation explanation = classifier.explain(input);
                write(explanation.classification(), explanation.words(), out.begin());
                out.end();
            }
        } else {
            for (Classification classification : classifier.predict(inputs)) {
                write(classification, null, out.begin());
                out.end();
            }
        }
        out.flush();
    }

    private void write(Classification answer, @Nullable List<WordContribution> words, JsonGenerator out)
            throws IOException {
        out.writeStringField("label", answer.label());
        out.writeNumberField("score", (float) answer.score());
        out.writeObjectFieldStart("scores");
        for (Classification.Score score : topK == null ? answer.scores() : answer.top(topK)) {
            out.writeNumberField(score.label(), (float) score.score());
        }
        out.writeEndObject();
        out.writeBooleanField("truncated", answer.truncated());
        if (words != null) {
            out.writeArrayFieldStart("words");
            for (WordContribution word : words) {
                out.writeStartObject();
                out.writeStringField("word", word.word());
                out.writeNumberField("text", word.text());
                out.writeNumberField("begin", word.begin());
                out.writeNumberField("end", word.end());
                out.writeNumberField("contribution", (float) word.contribution());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }
}
