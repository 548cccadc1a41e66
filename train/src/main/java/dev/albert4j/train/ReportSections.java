package dev.albert4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.metric.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parts of a page that show a {@link Report}: what its JSON has of classes, confusion, calibration and worst errors.
 *
 * @param report what is shown
 */
record ReportSections(Report report) {
    private static final int MAX_CONFUSED_CLASSES = 24;
    private static final int MAX_LEVEL_NAMES = 8;
    private static final List<String> AVERAGES = List.of("micro avg", "macro avg", "weighted avg");

    void addMetrics(Markup page) {
        Map<String, String> rows = new LinkedHashMap<>();
        report.metrics().forEach((name, value) -> rows.put(name, decimal(value)));
        Page.addPairs(page, rows, "number");
    }

    void addDetails(Markup page) {
        JsonNode json = report.json();
        JsonNode classes = json.path("classes");
        if (classes.isObject() && !classes.isEmpty()) {
            addClasses(page, json, classes);
        } else {
            page.element("h2", "Report").element("pre", report.text());
        }
        JsonNode labels = json.at("/confusion_matrix/labels");
        JsonNode rows = json.at("/confusion_matrix/rows_expected_columns_predicted");
        if (labels.size() > MAX_CONFUSED_CLASSES) {
            addMostConfused(page, json.path("most_confused"));
        } else if (!labels.isEmpty() && rows.size() == labels.size()) {
            addConfusion(page, labels, rows);
        }
        if (json.at("/calibration/bins").isArray()) {
            addCalibration(page, json.path("calibration"));
        }
        if (json.path("worst_errors").isObject()) {
            addErrors(page, json.path("worst_errors"));
        }
    }

    private static void addClasses(Markup page, JsonNode json, JsonNode classes) {
        List<String> columns = new ArrayList<>();
        classes.iterator().next().fieldNames().forEachRemaining(columns::add);
        page.element("h2", "Classes");
        open(page, "", "class");
        columns.forEach(column -> page.element("th", column, "scope", "col", "class", "number"));
        page.close().close().open("tbody");
        for (Map.Entry<String, JsonNode> entry : classes.properties()) {
            addClass(page.open("tr"), entry.getKey(), entry.getValue(), columns);
        }
        for (String average : AVERAGES) {
            if (json.path(average).isObject()) {
                addClass(page.open("tr", "class", "average"), average, json.path(average), columns);
            }
        }
        close(page);
    }

    private static void addClass(Markup row, String name, JsonNode scores, List<String> columns) {
        row.element("th", name, "scope", "row");
        columns.forEach(column -> row.element("td", number(scores.path(column)), "class", "number"));
        row.close();
    }

    /** Begins a table with its head's first cells; the row and the head are to be ended. */
    private static void open(Markup page, String style, String... heads) {
        page.open("div", "class", "scroll").open("table", "class", style);
        page.open("thead").open("tr");
        for (String head : heads) {
            page.element("th", head, "scope", "col");
        }
    }

    private static void close(Markup page) {
        page.close().close().close();
    }

    private static String number(JsonNode value) {
        return value.isFloatingPointNumber() ? decimal(value.doubleValue()) : value.asText();
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** Each cell as deep as the share of its row's examples. */
    private static void addConfusion(Markup page, JsonNode labels, JsonNode rows) {
        page.element("h2", "Confusion matrix");
        page.element("p", "rows expected, columns predicted; the colour is the share of the row", "class", "note");
        page.open("div", "class", "scroll").open("table", "class", "heat");
        page.open("thead").open("tr").element("td", "");
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
        close(page);
    }

    private static void addMostConfused(Markup page, JsonNode pairs) {
        page.element("h2", "Most confused classes");
        if (pairs.isEmpty()) {
            page.element("p", "none: every prediction is right", "class", "note");
            return;
        }
        open(page, "", "expected", "predicted");
        page.element("th", "count", "scope", "col", "class", "number");
        page.element("th", "share of the expected", "scope", "col", "class", "number");
        page.close().close().open("tbody");
        for (JsonNode pair : pairs) {
            page.open("tr").element("th", pair.path("expected").asText(), "scope", "row");
            page.element("td", pair.path("predicted").asText());
            page.element("td", pair.path("count").asText(), "class", "number");
            page.element("td", percent(pair.path("share").doubleValue()), "class", "number")
                    .close();
        }
        close(page);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static void addCalibration(Markup page, JsonNode calibration) {
        page.element("h2", "Calibration");
        String note = "how often " + calibration.path("subject").asText()
                + " is right, by its probability; where bars end below the thick lines, the model is too sure";
        page.element("p", note, "class", "note").open("div", "class", "beside");
        new ReliabilityChart(calibration.path("bins")).draw(page);
        open(page, "", "probability");
        for (String column : List.of("count", "mean", "right")) {
            page.element("th", column, "scope", "col", "class", "number");
        }
        page.close().close().open("tbody");
        for (JsonNode bin : calibration.path("bins")) {
            double from = bin.path("from").doubleValue();
            double to = bin.path("to").doubleValue();
            page.open("tr").element("th", String.format(Locale.ROOT, "%.1f – %.1f", from, to), "scope", "row");
            page.element("td", bin.path("count").asText(), "class", "number");
            page.element("td", number(bin.path("probability")), "class", "number");
            page.element("td", number(bin.path("accuracy")), "class", "number").close();
        }
        close(page);
        page.close();
    }

    private static void addErrors(Markup page, JsonNode errors) {
        page.element("h2", "Worst errors");
        JsonNode worst = errors.path("worst");
        if (worst.isEmpty()) {
            page.element("p", "none", "class", "note");
            return;
        }
        page.element("p", worst.size() + " of " + errors.path("count").asText() + ", the worst first", "class", "note");
        open(page, "errors", "text", "expected", "predicted");
        page.element("th", errors.path("measure").asText(), "scope", "col", "class", "number");
        page.element("th", "line", "scope", "col", "class", "number");
        page.close().close().open("tbody");
        boolean counts = worst.findValues("score").stream()
                .mapToDouble(JsonNode::doubleValue)
                .allMatch(score -> score == Math.rint(score));
        String format = counts ? "%.0f" : "%.3f";
        for (JsonNode error : worst) {
            page.open("tr").element("td", error.path("text").asText(), "class", "text");
            page.element("td", error.path("expected").asText(), "class", "said");
            page.element("td", error.path("predicted").asText(), "class", "said");
            String score =
                    String.format(Locale.ROOT, "%.3f", error.path("score").doubleValue());
            page.element("td", score, "class", "number");
            page.element("td", error.path("place").asText(), "class", "number").close();
        }
        close(page);
    }
}
