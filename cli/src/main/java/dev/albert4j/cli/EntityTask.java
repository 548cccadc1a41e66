package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.TaggedText;
import dev.albert4j.metric.Report;
import dev.albert4j.task.Entity;
import dev.albert4j.task.EntityRecognizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What is named in a text. */
record EntityTask(EntityRecognizer recognizer) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("ner");
        for (List<Entity> entities :
                recognizer.predict(lines.stream().map(TextLines.Line::text).toList())) {
            JsonGenerator json = out.begin();
            json.writeArrayFieldStart("entities");
            for (Entity entity : entities) {
                json.writeStartObject();
                json.writeStringField("type", entity.type());
                json.writeNumberField("begin", entity.begin());
                json.writeNumberField("end", entity.end());
                json.writeStringField("text", entity.text());
                json.writeNumberField("score", (float) entity.score());
                json.writeEndObject();
            }
            json.writeEndArray();
            out.end();
        }
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<TaggedText> texts = options.tagged(data);
        return recognizer.evaluate(texts, progress.of(texts.size()));
    }
}
