package dev.albert4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One curve over the steps of a run, as SVG within a page.
 *
 * @param title what is drawn
 * @param points in the order of the steps; not empty, all finite
 * @param marked index of the point to mark; -1 for none
 * @param width of the drawing
 * @param height of the drawing
 */
record LineChart(String title, List<Point> points, int marked, int width, int height) {
    private static final int LEFT = 56;
    private static final int RIGHT = 20;
    private static final int TOP = 14;
    private static final int BOTTOM = 26;
    /** More points than these are a noisy curve: a smoothed one is drawn over it. */
    private static final int MAX_UNSMOOTHED = 120;

    private static final int MAX_DOTS = 60;

    /** A value after a step. */
    record Point(long step, double value) {}

    LineChart {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("chart \"" + title + "\" has no points");
        }
        points = List.copyOf(points);
    }

    void draw(Markup page) {
        Axis x = Axis.of(0, points.get(points.size() - 1).step(), Math.max(2, width / 110), 1);
        double[] values = points.stream().mapToDouble(Point::value).toArray();
        double least = points.stream().mapToDouble(Point::value).min().orElseThrow();
        double most = points.stream().mapToDouble(Point::value).max().orElseThrow();
        Axis y = Axis.of(least, most, 4, 0);
        page.open("figure").element("figcaption", title);
        page.open("svg", "viewBox", "0 0 " + width + " " + height, "role", "img", "aria-label", title + " over steps");
        drawAxes(page, x, y);
        if (values.length > MAX_UNSMOOTHED) {
            page.empty("path", "class", "raw", "d", path(x, y, values));
            page.empty("path", "class", "line", "d", path(x, y, smoothed(values)));
        } else {
            page.empty("path", "class", "line", "d", path(x, y, values));
        }
        for (int i = 0; i < values.length && values.length <= MAX_DOTS; i++) {
            page.open("circle", "class", "dot", "r", 3, "cx", x(x, i), "cy", y(y, values[i]));
            page.element("title", description(points.get(i))).close();
        }
        if (marked >= 0) {
            drawMark(page, x, y);
        }
        page.close().close();
    }

    private void drawAxes(Markup page, Axis x, Axis y) {
        for (int i = 0; i < y.numTicks(); i++) {
            String at = y(y, y.tick(i));
            page.empty("line", "class", "grid", "x1", LEFT, "x2", width - RIGHT, "y1", at, "y2", at);
            page.element("text", y.label(i), "x", LEFT - 6, "y", at, "dy", "0.32em", "text-anchor", "end");
        }
        for (int i = 0; i < x.numTicks(); i++) {
            double at = x.scaled(x.tick(i), LEFT, width - RIGHT);
            page.element("text", x.label(i), "x", format(at), "y", height - 8, "text-anchor", "middle");
        }
    }

    private void drawMark(Markup page, Axis x, Axis y) {
        Point best = points.get(marked);
        boolean right = best.step() > (x.from() + x.to()) / 2;
        double height = y.scaled(best.value(), this.height - BOTTOM, TOP);
        page.open("circle", "class", "best", "r", 5, "cx", x(x, marked), "cy", format(height));
        page.element("title", "best: " + description(best)).close();
        page.element(
                "text",
                String.format(Locale.ROOT, "best %.4f", best.value()),
                "class",
                "best",
                "x",
                x(x, marked),
                "y",
                format(height < TOP + 20 ? height + 20 : height - 10),
                "text-anchor",
                right ? "end" : "start");
    }

    private static String description(Point point) {
        return String.format(Locale.ROOT, "step %,d: %.4f", point.step(), point.value());
    }

    private String path(Axis x, Axis y, double[] values) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            path.append(i == 0 ? 'M' : 'L').append(x(x, i)).append(' ').append(y(y, values[i]));
        }
        return path.toString();
    }

    private String x(Axis axis, int i) {
        return format(axis.scaled(points.get(i).step(), LEFT, width - RIGHT));
    }

    private String y(Axis axis, double value) {
        return format(axis.scaled(value, height - BOTTOM, TOP));
    }

    private static String format(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }

    /** Means over a window around each point, a thirtieth of them wide; narrower at both ends, so that they stay in place. */
    private static double[] smoothed(double[] values) {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            int half = Math.min(values.length / 60, Math.min(i, values.length - 1 - i));
            double sum = 0;
            for (int j = i - half; j <= i + half; j++) {
                sum += values[j];
            }
            means.add(sum / (2 * half + 1));
        }
        return means.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
