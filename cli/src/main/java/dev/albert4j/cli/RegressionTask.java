package dev.albert4j.cli;

import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Report;
import dev.albert4j.task.TextClassifier.Input;
import dev.albert4j.task.TextRegressor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A number for each text or pair of texts. */
record RegressionTask(TextRegressor regressor) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("regression");
        List<Input> inputs =
                lines.stream().map(line -> new Input(line.text(), line.pair())).toList();
        for (double value : regressor.predict(inputs)) {
            out.begin().writeNumberField("value", (float) value);
            out.end();
        }
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<LabeledText> texts = options.checked(data, options.texts(data), TextRegressor::number);
        return regressor.evaluate(texts, progress.of(texts.size()));
    }
}
