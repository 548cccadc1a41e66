package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.RankedQuery;
import dev.albert4j.metric.Report;
import dev.albert4j.task.RankedText;
import dev.albert4j.task.Reranker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Texts ranked by how well they fit a query. */
record RerankTask(Reranker reranker) implements ModelTask {
    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("rerank");
        List<Reranker.Input> inputs = new ArrayList<>();
        for (TextLines.Line line : lines) {
            if (line.choices().isEmpty()) {
                throw new IllegalArgumentException("a ranking needs texts: give JSON lines {\"query\",\"texts\":[…]}");
            }
            inputs.add(new Reranker.Input(line.text(), line.choices()));
        }
        for (List<RankedText> ranking : reranker.rank(inputs)) {
            JsonGenerator json = out.begin();
            json.writeArrayFieldStart("ranking");
            int count = style.topK() == null ? ranking.size() : Math.min(style.topK(), ranking.size());
            for (RankedText text : ranking.subList(0, count)) {
                json.writeStartObject();
                json.writeNumberField("index", text.index());
                json.writeNumberField("score", (float) text.score());
                json.writeStringField("text", text.text());
                json.writeEndObject();
            }
            json.writeEndArray();
            out.end();
        }
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<RankedQuery> queries = options.rankings(data);
        return reranker.evaluate(queries, progress.of(queries.size())).toReport();
    }
}
