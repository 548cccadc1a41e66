package dev.albert4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.metric.Report;
import dev.albert4j.train.LineChart.Point;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    private static final int MAX_CONFUSED_CLASSES = 40;
    private static final int MAX_LEVEL_NAMES = 8;

    /** Must do without the characters that XML escapes and HTML does not escape in styles. */
    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1f2328; --soft: #656d76; --page: #ffffff; --edge: #d8dee4;
              --accent: #2563eb; --best: #b45309; --heat: 37 99 235; --deep: #ffffff; }
            @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --page: #0d1117;
              --edge: #30363d; --accent: #6ea8fe; --best: #fbbf24; --heat: 59 130 246; } }
            body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: var(--text); background: var(--page);
              font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
            figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
            svg text { fill: var(--soft); font-size: 11px; } svg text.best { fill: var(--best); font-weight: 600; }
            .grid { stroke: var(--edge); } path { fill: none; stroke: var(--accent); stroke-width: 2; }
            path.raw { stroke-width: 1; opacity: 0.3; } .dot { fill: var(--accent); }
            circle.best { fill: var(--page); stroke: var(--best); stroke-width: 3; }
            .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
            .scroll { overflow-x: auto; overflow-wrap: normal; }
            table { border-collapse: collapse; } th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid var(--edge); }
            th { text-align: left; font-weight: 600; unicode-bidi: isolate; }
            td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
            .heat td { text-align: center; border: 1px solid var(--edge); background: rgb(var(--heat) / var(--share)); }
            .heat td.deep { color: var(--deep); } .heat th { border: 0; } .heat thead th { text-align: center; }
            .upright { writing-mode: vertical-rl; } .note { color: var(--soft); }
            pre { overflow-x: auto; overflow-wrap: normal; padding: 1rem; border: 1px solid var(--edge); }
            """;

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
        Path aside = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.writeString(aside, html(read(log)));
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
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

    private String html(List<JsonNode> log) {
        Markup page = new Markup();
        page.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en").open("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; style-src 'unsafe-inline'");
        page.element("title", title + ": training report")
                .element("style", STYLE)
                .close();
        page.open("body").element("h1", title);
        if (best != null) {
            addMetrics(page, best);
        }
        addCurves(page, log);
        if (best != null) {
            addReport(page, best.report());
        }
        addSettings(page);
        return page.close().close().toString();
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
        page.open("table").open("tbody");
        metrics.forEach((name, value) -> page.open("tr")
                .element("th", name, "scope", "row")
                .element("td", String.format(Locale.ROOT, "%.4f", value), "class", "number")
                .close());
        page.close().close();
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

    private static void addReport(Markup page, Report report) {
        JsonNode classes = report.json().path("classes");
        if (classes.isObject() && !classes.isEmpty()) {
            addClasses(page, classes);
        }
        JsonNode labels = report.json().at("/confusion_matrix/labels");
        JsonNode rows = report.json().at("/confusion_matrix/rows_expected_columns_predicted");
        if (!labels.isEmpty() && labels.size() <= MAX_CONFUSED_CLASSES && rows.size() == labels.size()) {
            addConfusion(page, labels, rows);
        }
        page.element("h2", "Report").element("pre", report.text());
    }

    private static void addClasses(Markup page, JsonNode classes) {
        List<String> columns = new ArrayList<>();
        classes.iterator().next().fieldNames().forEachRemaining(columns::add);
        page.element("h2", "Classes").open("div", "class", "scroll").open("table");
        page.open("thead").open("tr").element("th", "class", "scope", "col");
        columns.forEach(column -> page.element("th", column, "scope", "col", "class", "number"));
        page.close().close().open("tbody");
        for (Map.Entry<String, JsonNode> entry : classes.properties()) {
            page.open("tr").element("th", entry.getKey(), "scope", "row");
            for (String column : columns) {
                page.element("td", number(entry.getValue().path(column)), "class", "number");
            }
            page.close();
        }
        page.close().close().close();
    }

    private static String number(JsonNode value) {
        return value.isFloatingPointNumber() ? String.format(Locale.ROOT, "%.4f", value.doubleValue()) : value.asText();
    }

    /** Each cell as deep as the share of its row's examples. */
    private static void addConfusion(Markup page, JsonNode labels, JsonNode rows) {
        page.element("h2", "Confusion matrix");
        page.element("p", "rows expected, columns predicted; the colour is the share of the row", "class", "note");
        page.open("div", "class", "scroll")
                .open("table", "class", "heat")
                .open("thead")
                .open("tr");
        page.element("td", "");
        String direction = labels.size() > MAX_LEVEL_NAMES ? "upright" : "level";
        labels.forEach(label -> page.element("th", label.asText(), "scope", "col", "class", direction));
        page.close().close().open("tbody");
        for (int i = 0; i < labels.size(); i++) {
            page.open("tr").element("th", labels.get(i).asText(), "scope", "row");
            double sum = 0;
            for (JsonNode count : rows.get(i)) {
                sum += count.asDouble();
            }
            for (JsonNode count : rows.get(i)) {
                double share = sum == 0 ? 0 : count.asDouble() / sum;
                String style = String.format(Locale.ROOT, "--share: %.3f", share);
                page.element("td", count.asText(), "style", style, "class", share > 0.6 ? "deep" : "pale");
            }
            page.close();
        }
        page.close().close().close();
    }

    private void addSettings(Markup page) {
        page.element("h2", "Settings").open("table").open("tbody");
        facts.forEach((name, value) -> addSetting(page, name, value));
        JsonNode config = JSON.valueToTree(settings);
        for (Map.Entry<String, JsonNode> entry : config.properties()) {
            if (!entry.getValue().isNull()) {
                addSetting(page, entry.getKey(), entry.getValue().asText());
            }
        }
        page.close().close();
    }

    private static void addSetting(Markup page, String name, String value) {
        page.open("tr").element("th", name, "scope", "row").element("td", value).close();
    }
}
