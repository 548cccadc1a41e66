package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Report;
import dev.albert4j.task.Classification.Score;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.TextClassifier.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Any number of labels for each text. */
record MultiLabelTask(MultiLabelClassifier classifier) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("multi-label");
        List<Input> inputs =
                lines.stream().map(line -> new Input(line.text(), line.pair())).toList();
        for (MultiLabelClassifier.Labels answer : classifier.predict(inputs)) {
            JsonGenerator json = out.begin();
            json.writeArrayFieldStart("labels");
            for (String label : answer.labels()) {
                json.writeString(label);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("scores");
            for (Score score : scores(answer, style)) {
                json.writeNumberField(score.label(), (float) score.score());
            }
            json.writeEndObject();
            json.writeBooleanField("truncated", answer.truncated());
            out.end();
        }
    }

    @Override
    public ModelTask withThreshold(double threshold) {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("--threshold " + threshold + " is not between 0 and 1");
        }
        return new MultiLabelTask(classifier.withThreshold(threshold));
    }

    private static List<Score> scores(MultiLabelClassifier.Labels answer, AnswerStyle style) {
        return style.topK() == null
                ? answer.scores()
                : answer.scores().stream()
                        .sorted(Comparator.comparingDouble(Score::score).reversed())
                        .limit(style.topK())
                        .toList();
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<LabeledText> texts = options.checked(
                data, options.multiLabelTexts(data), text -> MultiLabelClassifier.flags(text, classifier.labels()));
        return classifier.evaluate(texts, progress.of(texts.size()));
    }
}
