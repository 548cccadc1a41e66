package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.data.LabeledText;
import dev.albert4j.metric.Report;
import dev.albert4j.task.SentenceEmbedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A vector for each text; two, and their cosine, for a pair. */
record EmbeddingTask(SentenceEmbedder embedder) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("embedding");
        style.refuseTopK("embedding");
        List<String> texts = new ArrayList<>();
        for (TextLines.Line line : lines) {
            texts.add(line.text());
            if (line.pair() != null) {
                texts.add(line.pair());
            }
        }
        List<float[]> vectors = embedder.embed(texts);
        int next = 0;
        for (TextLines.Line line : lines) {
            JsonGenerator json = out.begin();
            float[] vector = vectors.get(next++);
            write(json, "embedding", vector);
            if (line.pair() != null) {
                float[] pair = vectors.get(next++);
                write(json, "pair_embedding", pair);
                json.writeNumberField("cosine", (float) SentenceEmbedder.cosine(vector, pair));
            }
            out.end();
        }
    }

    private static void write(JsonGenerator json, String name, float[] vector) throws IOException {
        json.writeArrayFieldStart(name);
        for (float value : vector) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<LabeledText> pairs = options.plainTexts(data);
        try {
            return embedder.evaluate(pairs, progress.of(pairs.size()));
        } catch (BadExampleException e) {
            throw new DataFormatException(data, e.line(), e.problem());
        }
    }
}
