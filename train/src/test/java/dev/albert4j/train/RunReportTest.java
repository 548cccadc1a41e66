package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.metric.Calibration;
import dev.albert4j.metric.ClassificationReport;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.Mistakes.Mistake;
import dev.albert4j.metric.Report;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class RunReportTest {
    private static final String HOSTILE = "<script>alert('&\"')</script>\u0000\u001B\uD800\u202E";

    @TempDir
    Path directory;

    @Test
    void curvesMetricsAndSettingsAreThere() throws Exception {
        Report report = report(List.of("bad", "good"));
        Path log = log(10, new Evaluation(5, 1, report, 0.5, true), new Evaluation(10, 2, report, 0.4, false));
        Document page = page(log, Map.of("data", "made up"), new Evaluation(5, 1, report, 0.5, true));
        assertThat(texts(page, "figcaption")).containsExactly("training loss", "macro_f1", "accuracy");
        assertThat(texts(page, "h2"))
                .containsExactly("Best evaluation", "Learning curves", "Classes", "Confusion matrix", "Settings");
        assertThat(texts(page, "th")).contains("precision", "good", "macro avg", "learningRate", "data");
        assertThat(texts(page, "td")).contains("made up", "5.0E-5");
        assertThat(texts(page, "title")).contains("step 10: 10.0000", "best: step 5: 0.3333");
        assertThat(List.of(directory.toFile().list())).containsExactlyInAnyOrder("log.jsonl", "report.html");
    }

    @Test
    void nothingThatDataSayIsMarkup() throws Exception {
        Report report = report(List.of(HOSTILE, "good"));
        Document page = page(log(3), Map.of(HOSTILE, HOSTILE), new Evaluation(5, 1, report, 0.5, true));
        String readable = "<script>alert('&\"')</script>\uFFFD\uFFFD\uFFFD\u202E";
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(texts(page, "th")).contains(readable);
        assertThat(texts(page, "td")).contains(readable);
        assertThat(Files.readString(directory.resolve("report.html"))).doesNotContain("<script", "src=", "href=");
    }

    @Test
    void calibrationAndTheWorstErrorsAreShown() throws Exception {
        Calibration calibration = new Calibration("the predicted label");
        calibration.add(0.93, false);
        calibration.add(0.97, true);
        Mistakes mistakes = new Mistakes("probability");
        mistakes.add(0.93, new Mistake(12, HOSTILE + "\nשלום \"עולם\"", "good", HOSTILE, 0.93));
        Report report = report(List.of("bad", "good")).with(calibration).with(mistakes);
        Document page = page(log(3), Map.of(), new Evaluation(5, 1, report, 0.5, true));
        assertThat(texts(page, "h2")).containsSubsequence("Calibration", "Worst errors");
        String readable = "<script>alert('&\"')</script>\uFFFD\uFFFD\uFFFD\u202E";
        assertThat(texts(page, "td"))
                .containsSubsequence("2", "0.9500", "0.5000")
                .containsSubsequence(readable + "\nשלום \"עולם\"", "good", readable, "0.930", "12");
        assertThat(page.getElementsByTagName("rect").getLength()).isEqualTo(1);
        assertThat(texts(page, "title")).contains("2: probability 0.950, right 0.500");
        assertThat(((Element) page.getElementsByTagName("svg").item(1)).getAttribute("aria-label"))
                .contains("reliability diagram");
        assertThat(Files.readString(directory.resolve("report.html"))).doesNotContain("<script", "src=", "href=");
    }

    @Test
    void anEvaluationHasAPageOfItsOwn() throws Exception {
        Report report = report(List.of("bad", "good")).with(new Mistakes("probability"));
        Path file = directory.resolve("evaluation.html");
        new EvaluationPage("model on " + HOSTILE, Map.of("data", HOSTILE), report).write(file);
        Document page = parsed(file);
        assertThat(texts(page, "h2")).containsExactly("Metrics", "Classes", "Confusion matrix", "Worst errors");
        assertThat(texts(page, "p")).contains("none");
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(List.of(directory.toFile().list())).containsExactly("evaluation.html");
    }

    @Test
    void manyClassesHaveNoHeatMapAndManyStepsASmoothedCurve() throws Exception {
        List<String> labels =
                IntStream.rangeClosed(1, 41).mapToObj(i -> "label " + i).toList();
        Document page = page(log(900), Map.of(), new Evaluation(5, 1, report(labels), 0.5, true));
        assertThat(texts(page, "h2"))
                .contains("Classes", "Most confused classes")
                .doesNotContain("Confusion matrix");
        NodeList paths = page.getElementsByTagName("path");
        assertThat(((Element) paths.item(0)).getAttribute("class")).isEqualTo("raw");
        assertThat(((Element) paths.item(1)).getAttribute("class")).isEqualTo("line");
        assertThat(page.getElementsByTagName("circle").getLength()).isZero();
    }

    @Test
    void aRunWithoutDevelopmentDataOrLogHasAPageToo() throws Exception {
        assertThat(texts(page(log(1), Map.of(), null), "figcaption")).containsExactly("training loss");
        assertThat(texts(page(directory.resolve("none"), Map.of(), null), "h2"))
                .containsExactly("Learning curves", "Settings");
    }

    @Test
    void numbersThatAreNoneOrAllTheSameAreNoTrouble() throws Exception {
        Report odd = new Report(Map.of("pearson", Double.NaN), "text\n", new ObjectMapper().createObjectNode());
        Evaluation evaluation = new Evaluation(1, 1, odd, Double.NaN, true);
        assertThat(texts(page(log(2, evaluation), Map.of(), evaluation), "figcaption"))
                .containsExactly("training loss");
        for (double value : new double[] {0, -0.0, 1, -3, 1e-300, 1e300}) {
            Report same = new Report(Map.of("m", value), "", new ObjectMapper().createObjectNode());
            Evaluation one = new Evaluation(1, 1, same, value, true);
            page(log(2, one, new Evaluation(2, 1, same, value, false)), Map.of(), one);
            assertThat(Files.readString(directory.resolve("report.html")))
                    .as("metric %s", value)
                    .contains(">m</figcaption>")
                    .doesNotContain("NaN", "Infinity");
        }
    }

    private Path log(int numSteps, Evaluation... evaluations) throws IOException {
        Path file = directory.resolve("log.jsonl");
        try (RunLog log = RunLog.of(file, null)) {
            for (int i = 1; i <= numSteps; i++) {
                log.step(new StepReport(i, numSteps, 0, i, 1, 0.5, 50, 100));
            }
            for (Evaluation evaluation : evaluations) {
                log.evaluation(evaluation);
            }
        }
        return file;
    }

    /** Half of the answers are right: all are that it is the first class. */
    private static Report report(List<String> labels) {
        return ClassificationReport.of(labels, new int[] {0, 1}, new int[] {0, 0})
                .toReport();
    }

    private Document page(Path log, Map<String, String> facts, @Nullable Evaluation best) throws Exception {
        Path file = directory.resolve("report.html");
        new RunReport("model", facts, TrainConfig.DEFAULT, best).write(log, file);
        return parsed(file);
    }

    private static Document parsed(Path file) throws Exception {
        DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
        parsers.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return parsers.newDocumentBuilder().parse(new InputSource(new StringReader(Files.readString(file))));
    }

    private static List<String> texts(Document page, String tag) {
        NodeList elements = page.getElementsByTagName(tag);
        return IntStream.range(0, elements.getLength())
                .mapToObj(i -> elements.item(i).getTextContent())
                .toList();
    }
}
