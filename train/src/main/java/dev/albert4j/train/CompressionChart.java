package dev.albert4j.train;

import java.util.Locale;

/**
 * Both models of a {@link CompressionReport} as circles, each as large as its weights are: to the left is fast, up is good. Without
 * a metric the height is the throughput.
 */
record CompressionChart(ModelFigures before, ModelFigures after) {
    private static final int WIDTH = 460;
    private static final int HEIGHT = 320;
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int TOP = 24;
    private static final int BOTTOM = 48;
    private static final double MAX_RADIUS = 22;
    private static final double MIN_RADIUS = 3;

    /** Part of the values' size that is left free around them, so that a small difference does not look like a large one. */
    private static final double ROOM = 0.03;

    void draw(Markup page) {
        Axis x = Axis.of(0, 1.15 * Math.max(before.latencyMillis(), after.latencyMillis()), 5, 0);
        double least = Math.min(height(before), height(after));
        double most = Math.max(height(before), height(after));
        double room = ROOM * Math.max(Math.abs(least), Math.abs(most));
        Axis y = Axis.of(least - room, most + room, 5, 0);
        page.open("figure").element("figcaption", metric() + " by latency; the circles are the bytes of the weights");
        String label = "size, speed and accuracy before and after; the table has the same figures";
        page.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", label);
        drawAxes(page, x, y);
        String way = "M" + x(x, before) + " " + y(y, before) + "L" + x(x, after) + " " + y(y, after);
        page.empty("path", "class", "ideal", "d", way);
        drawModel(page, x, y, before, "before", -1);
        drawModel(page, x, y, after, "after", 1);
        page.close().close();
    }

    private String metric() {
        return before.metrics().keySet().stream()
                .findFirst()
                .map(name -> name.replace('_', ' '))
                .orElse("tokens/s");
    }

    private static double height(ModelFigures model) {
        return model.metrics().values().stream().findFirst().orElse(model.tokensPerSecond());
    }

    private static void drawAxes(Markup page, Axis x, Axis y) {
        for (int i = 0; i < y.numTicks(); i++) {
            String at = format(y.scaled(y.tick(i), HEIGHT - BOTTOM, TOP));
            page.empty("line", "class", "grid", "x1", LEFT, "x2", WIDTH - RIGHT, "y1", at, "y2", at);
            page.element("text", y.label(i), "x", LEFT - 6, "y", at, "dy", "0.32em", "text-anchor", "end");
        }
        for (int i = 0; i < x.numTicks(); i++) {
            String at = format(x.scaled(x.tick(i), LEFT, WIDTH - RIGHT));
            page.element("text", x.label(i), "x", at, "y", HEIGHT - BOTTOM + 18, "text-anchor", "middle");
        }
        String middle = format((LEFT + WIDTH - RIGHT) / 2.0);
        page.element("text", "latency of one text, ms", "x", middle, "y", HEIGHT - 8, "text-anchor", "middle");
    }

    /** @param side -1 for the name above, 1 for it below */
    private void drawModel(Markup page, Axis x, Axis y, ModelFigures model, String name, int side) {
        double part = (double) model.bytes() / Math.max(1, Math.max(before.bytes(), after.bytes()));
        double radius = Math.max(MIN_RADIUS, MAX_RADIUS * Math.sqrt(part));
        page.open("circle", "class", "bar", "r", format(radius), "cx", x(x, model), "cy", y(y, model));
        page.element(
                        "title",
                        String.format(
                                Locale.ROOT,
                                "%s: %,d bytes, %.2f ms, %s %.4f",
                                name,
                                model.bytes(),
                                model.latencyMillis(),
                                metric(),
                                height(model)))
                .close();
        String beside = format(y.scaled(height(model), HEIGHT - BOTTOM, TOP) + side * (radius + 9) + 4);
        page.element("text", name, "class", "best", "x", x(x, model), "y", beside, "text-anchor", "middle");
    }

    private static String x(Axis axis, ModelFigures model) {
        return format(axis.scaled(model.latencyMillis(), LEFT, WIDTH - RIGHT));
    }

    private static String y(Axis axis, ModelFigures model) {
        return format(axis.scaled(height(model), HEIGHT - BOTTOM, TOP));
    }

    private static String format(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }
}
