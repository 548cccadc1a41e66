package dev.albert4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/**
 * The bins of a {@link dev.albert4j.metric.Calibration} as a drawing: a bar is the part that was right, a thick line the mean
 * probability, a number the examples. Bars below the line are of a model that is too sure.
 *
 * @param bins as in the report's JSON
 */
record ReliabilityChart(JsonNode bins) {
    private static final int WIDTH = 380;
    private static final int HEIGHT = 300;
    private static final int LEFT = 44;
    private static final int RIGHT = 12;
    private static final int TOP = 18;
    private static final int BOTTOM = 42;
    private static final int TICKS = 5;

    void draw(Markup page) {
        page.open("figure").element("figcaption", "Part that was right, by probability");
        String label =
                "reliability diagram: part that was right over predicted probability; the table has the same figures";
        page.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", label);
        drawAxes(page);
        for (JsonNode bin : bins) {
            if (bin.path("count").asLong() > 0) {
                drawBin(page, bin);
            }
        }
        String ideal = "M" + x(0) + " " + y(0) + "L" + x(1) + " " + y(1);
        page.empty("path", "class", "ideal", "d", ideal);
        page.close().close();
    }

    private static void drawAxes(Markup page) {
        for (int i = 0; i <= TICKS; i++) {
            double value = i / (double) TICKS;
            String at = y(value);
            page.empty("line", "class", "grid", "x1", LEFT, "x2", WIDTH - RIGHT, "y1", at, "y2", at);
            String tick = String.format(Locale.ROOT, "%.1f", value);
            page.element("text", tick, "x", LEFT - 6, "y", at, "dy", "0.32em", "text-anchor", "end");
            page.element("text", tick, "x", x(value), "y", HEIGHT - BOTTOM + 16, "text-anchor", "middle");
        }
        String middle = x(0.5);
        page.element("text", "predicted probability", "x", middle, "y", HEIGHT - 6, "text-anchor", "middle");
    }

    private static void drawBin(Markup page, JsonNode bin) {
        double from = bin.path("from").doubleValue();
        double to = bin.path("to").doubleValue();
        double accuracy = bin.path("accuracy").doubleValue();
        double probability = bin.path("probability").doubleValue();
        double left = scaled(from, LEFT, WIDTH - RIGHT) + 1;
        double right = scaled(to, LEFT, WIDTH - RIGHT) - 1;
        double top = scaled(accuracy, HEIGHT - BOTTOM, TOP);
        double mean = scaled(probability, HEIGHT - BOTTOM, TOP);
        page.open(
                "rect",
                "class",
                "bar",
                "x",
                format(left),
                "y",
                format(top),
                "width",
                format(right - left),
                "height",
                format(HEIGHT - BOTTOM - top));
        String count = String.format(Locale.ROOT, "%,d", bin.path("count").asLong());
        page.element(
                        "title",
                        String.format(Locale.ROOT, "%s: probability %.3f, right %.3f", count, probability, accuracy))
                .close();
        page.empty(
                "line",
                "class",
                "mean",
                "x1",
                format(left),
                "x2",
                format(right),
                "y1",
                format(mean),
                "y2",
                format(mean));
        double above = Math.min(top, mean) - 5;
        page.element("text", count, "x", format((left + right) / 2), "y", format(above), "text-anchor", "middle");
    }

    private static String x(double value) {
        return format(scaled(value, LEFT, WIDTH - RIGHT));
    }

    private static String y(double value) {
        return format(scaled(value, HEIGHT - BOTTOM, TOP));
    }

    private static double scaled(double value, double from, double to) {
        return from + value * (to - from);
    }

    private static String format(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }
}
