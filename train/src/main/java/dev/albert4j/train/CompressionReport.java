package dev.albert4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What compressing a model cost and gained: a table for a terminal, or a page with a plot, one file of HTML that needs nothing else.
 * Immutable.
 *
 * @param title what was compressed
 * @param facts what else is to be told, by name, in order
 * @param before the model as it was
 * @param after the model as it is; with the same metrics
 */
public record CompressionReport(String title, Map<String, String> facts, ModelFigures before, ModelFigures after) {
    private record Row(String name, String before, String after, String change) {
        static Row of(String name, String format, double before, double after) {
            return new Row(
                    name,
                    String.format(Locale.ROOT, format, before),
                    String.format(Locale.ROOT, format, after),
                    String.format(Locale.ROOT, "%+.1f %%", 100 * (after / before - 1)));
        }
    }

    public CompressionReport {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        if (!before.metrics().keySet().equals(after.metrics().keySet())) {
            throw new IllegalArgumentException("metrics before are "
                    + before.metrics().keySet() + ", after " + after.metrics().keySet());
        }
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of("parameters", "%,.0f", before.parameters(), after.parameters()));
        rows.add(Row.of("bytes of weights", "%,.0f", before.bytes(), after.bytes()));
        rows.add(Row.of("latency, ms", "%.2f", before.latencyMillis(), after.latencyMillis()));
        rows.add(Row.of("throughput, tokens/s", "%,.0f", before.tokensPerSecond(), after.tokensPerSecond()));
        before.metrics().forEach((name, value) -> {
            double now = Objects.requireNonNull(after.metrics().get(name));
            rows.add(new Row(
                    name.replace('_', ' '),
                    String.format(Locale.ROOT, "%.4f", value),
                    String.format(Locale.ROOT, "%.4f", now),
                    String.format(Locale.ROOT, "%+.4f", now - value)));
        });
        return rows;
    }

    /** The table, lines ended by line breaks. */
    public String text() {
        StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, "%26s%16s%16s%12s%n", "", "before", "after", "change"));
        for (Row row : rows()) {
            text.append(String.format(
                    Locale.ROOT, "%26s%16s%16s%12s%n", row.name(), row.before(), row.after(), row.change()));
        }
        return text.toString();
    }

    /**
     * Writes the page, aside and then into place.
     *
     * @param file to write; replaced if it is there
     */
    public void write(Path file) throws IOException {
        Page.write(file, "compression", title, page -> {
            Page.addPairs(page, facts, "text");
            page.element("h2", "Size, speed, accuracy");
            page.open("table").open("thead").open("tr").element("th", "");
            for (String column : List.of("before", "after", "change")) {
                page.element("th", column, "scope", "col", "class", "number");
            }
            page.close().close().open("tbody");
            for (Row row : rows()) {
                page.open("tr").element("th", row.name(), "scope", "row");
                for (String value : List.of(row.before(), row.after(), row.change())) {
                    page.element("td", value, "class", "number");
                }
                page.close();
            }
            page.close().close();
            page.element("h2", "Plot").open("div", "class", "beside");
            new CompressionChart(before, after).draw(page);
            page.close();
        });
    }
}
