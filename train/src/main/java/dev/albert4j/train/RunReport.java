package dev.albert4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.train.LineChart.Point;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page that shows how a run went: its settings, its learning curves, and how its best weights did on the development set.
 * One file of HTML that needs nothing else, and is well-formed XML too. Immutable.
 */
public final class RunReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String title;
    private final Map<String, String> facts;
    private final TrainConfig settings;
    private final @Nullable Evaluation best;

    /**
     * @param title name of what was trained
     * @param facts what else is to be told of the run, by name, in order
     * @param settings of the run
     * @param best the evaluation that chose the weights; null where there are no development data
     */
    public RunReport(String title, Map<String, String> facts, TrainConfig settings, @Nullable Evaluation best) {
        this.title = title;
        this.facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        this.settings = settings;
        this.best = best;
    }

    /**
     * Writes the page, aside and then into place.
     *
     * @param log that of the run, by {@link RunLog}; where there is none, there are no curves
     * @param file to write; replaced if it is there
     */
    public void write(Path log, Path file) throws IOException {
        List<JsonNode> entries = read(log);
        Page.write(file, "training report", title, page -> addContent(page, entries));
    }

    private static List<JsonNode> read(Path log) throws IOException {
        List<JsonNode> entries = new ArrayList<>();
        if (Files.exists(log)) {
            try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    entries.add(JSON.readTree(line));
                }
            }
        }
        return entries;
    }

    private void addContent(Markup page, List<JsonNode> log) {
        if (best != null) {
            addMetrics(page, best);
        }
        addCurves(page, log);
        if (best != null) {
            new ReportSections(best.report()).addDetails(page);
        }
        addSettings(page);
    }

    private void addMetrics(Markup page, Evaluation best) {
        Map<String, Double> metrics = best.report().metrics();
        String chosenBy =
                settings.metric().isEmpty() ? metrics.keySet().iterator().next() : settings.metric();
        page.element("h2", "Best evaluation");
        page.element(
                "p",
                String.format(
                        Locale.ROOT, "after step %,d, in epoch %d; chosen by %s", best.step(), best.epoch(), chosenBy),
                "class",
                "note");
        new ReportSections(best.report()).addMetrics(page);
    }

    private void addCurves(Markup page, List<JsonNode> log) {
        page.element("h2", "Learning curves").open("div", "class", "curves");
        List<JsonNode> steps = ofType(log, "steps");
        addChart(page, "training loss", steps, "/loss", 720, 240);
        page.open("div", "class", "charts");
        if (best != null) {
            List<JsonNode> evaluations = ofType(log, "evaluation");
            for (String name : best.report().metrics().keySet()) {
                addChart(page, name, evaluations, "/metrics/" + name, 360, 200);
            }
        }
        page.close().close();
        page.element("p", "over optimizer steps", "class", "note");
    }

    private static List<JsonNode> ofType(List<JsonNode> log, String type) {
        return log.stream()
                .filter(entry -> entry.path("type").asText().equals(type))
                .toList();
    }

    private void addChart(Markup page, String name, List<JsonNode> entries, String path, int width, int height) {
        List<Point> points = new ArrayList<>();
        int marked = -1;
        for (JsonNode entry : entries) {
            // What is no finite number is there as a text.
            if (entry.at(path).isNumber()) {
                long step = entry.path("step").asLong();
                marked = entry.path("best").asBoolean() ? points.size() : marked;
                points.add(new Point(step, entry.at(path).doubleValue()));
            }
        }
        if (!points.isEmpty()) {
            new LineChart(name, points, marked, width, height).draw(page);
        }
    }

    private void addSettings(Markup page) {
        Map<String, String> rows = new LinkedHashMap<>(facts);
        JsonNode config = JSON.valueToTree(settings);
        for (Map.Entry<String, JsonNode> entry : config.properties()) {
            if (!entry.getValue().isNull()) {
                rows.put(entry.getKey(), entry.getValue().asText());
            }
        }
        page.element("h2", "Settings");
        Page.addPairs(page, rows, "text");
    }
}
