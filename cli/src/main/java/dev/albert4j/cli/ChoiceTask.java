package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.metric.Report;
import dev.albert4j.task.Choice;
import dev.albert4j.task.MultipleChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of several options. */
record ChoiceTask(MultipleChoice chooser) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("multiple-choice");
        List<MultipleChoice.Input> inputs = new ArrayList<>();
        for (TextLines.Line line : lines) {
            if (line.choices().isEmpty()) {
                throw new IllegalArgumentException(
                        "a choice needs options: give JSON lines {\"context\",\"question\",\"choices\":[…]}");
            }
            String context = line.pair() == null ? "" : line.pair();
            inputs.add(new MultipleChoice.Input(context, line.text(), line.choices()));
        }
        for (Choice answer : chooser.predict(inputs)) {
            JsonGenerator json = out.begin();
            json.writeNumberField("index", answer.index());
            json.writeStringField("choice", answer.choice());
            json.writeNumberField("score", (float) answer.score());
            json.writeArrayFieldStart("scores");
            for (double score : answer.scores()) {
                json.writeNumber((float) score);
            }
            json.writeEndArray();
            out.end();
        }
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<ChoiceQuestion> questions = options.choices(data);
        return chooser.evaluate(questions, progress.of(questions.size()));
    }
}
