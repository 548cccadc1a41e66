package dev.albert4j.train;

import dev.albert4j.metric.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A page that shows how a model did on labelled data: one file of HTML that needs nothing else, with texts of the data in it.
 * Immutable.
 *
 * @param title what was measured
 * @param facts what else is to be told, by name, in order
 * @param report what came out
 */
public record EvaluationPage(String title, Map<String, String> facts, Report report) {
    public EvaluationPage {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /**
     * Writes the page, aside and then into place.
     *
     * @param file to write; replaced if it is there
     */
    public void write(Path file) throws IOException {
        ReportSections sections = new ReportSections(report);
        Page.write(file, "evaluation", title, page -> {
            Page.addPairs(page, facts, "text");
            page.element("h2", "Metrics");
            sections.addMetrics(page);
            sections.addDetails(page);
        });
    }
}
