package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Report;
import dev.albert4j.task.Classification;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextClassifier.Input;
import dev.albert4j.task.WordContribution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One label for each text. */
record ClassificationTask(TextClassifier classifier) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        List<Input> inputs =
                lines.stream().map(line -> new Input(line.text(), line.pair())).toList();
        if (style.explain() && classifier.exitsEarly()) {
            throw new IllegalArgumentException("--explain is of all layers: it goes without --patience");
        }
        if (style.explain()) {
            for (Input input : inputs) {
                TextClassifier.Explanation explanation = classifier.explain(input);
                JsonGenerator json = out.begin();
                write(explanation.classification(), style, json);
                write(explanation.words(), json);
                out.end();
            }
            return;
        }
        for (Classification answer : classifier.predict(inputs)) {
            write(answer, style, out.begin());
            out.end();
        }
    }

    private void write(Classification answer, AnswerStyle style, JsonGenerator json) throws IOException {
        json.writeStringField("label", answer.label());
        json.writeNumberField("score", (float) answer.score());
        json.writeObjectFieldStart("scores");
        for (Classification.Score score : style.topK() == null ? answer.scores() : answer.top(style.topK())) {
            json.writeNumberField(score.label(), (float) score.score());
        }
        json.writeEndObject();
        json.writeBooleanField("truncated", answer.truncated());
        if (classifier.exitsEarly()) {
            json.writeNumberField("layer", answer.layer());
        }
    }

    @Override
    public ModelTask withPatience(int patience) {
        return new ClassificationTask(classifier.withPatience(patience));
    }

    private static void write(List<WordContribution> words, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("words");
        for (WordContribution word : words) {
            json.writeStartObject();
            json.writeStringField("word", word.word());
            json.writeNumberField("text", word.text());
            json.writeNumberField("begin", word.begin());
            json.writeNumberField("end", word.end());
            json.writeNumberField("contribution", (float) word.contribution());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<LabeledText> texts =
                options.checked(data, options.texts(data), text -> TextClassifier.index(text, classifier.labels()));
        return classifier.evaluate(texts, progress.of(texts.size()));
    }
}
