package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Report;
import dev.albert4j.task.FilledText;
import dev.albert4j.task.MaskedTokenFiller;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What masks stand for in a text. */
record FillMaskTask(MaskedTokenFiller filler) implements ModelTask {
    private static final int DEFAULT_TOP_K = 5;

    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("fill-mask");
        for (TextLines.Line line : lines) {
            if (line.pair() != null) {
                throw new IllegalArgumentException("masks are filled in single texts: give no second one");
            }
        }
        int topK = style.topK() == null ? DEFAULT_TOP_K : style.topK();
        for (FilledText answer :
                filler.predict(lines.stream().map(TextLines.Line::text).toList(), topK)) {
            JsonGenerator json = out.begin();
            json.writeStringField("text", answer.text());
            json.writeStringField("filled", answer.filled());
            json.writeArrayFieldStart("fills");
            for (FilledText.Fill fill : answer.fills()) {
                json.writeStartObject();
                json.writeNumberField("begin", fill.begin());
                json.writeNumberField("end", fill.end());
                json.writeArrayFieldStart("candidates");
                for (FilledText.Candidate candidate : fill.candidates()) {
                    json.writeStartObject();
                    json.writeStringField("token", candidate.token());
                    json.writeNumberField("score", (float) candidate.score());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            out.end();
        }
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<String> texts =
                options.plainTexts(data).stream().map(LabeledText::text).toList();
        return filler.evaluate(texts, progress.of(texts.size())).toReport();
    }
}
