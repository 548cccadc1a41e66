package dev.albert4j.train;

import java.util.Locale;

/** Round numbers along an axis, from the first at or below the values to the last. */
record Axis(double from, double to, double step) {
    static Axis of(double least, double most, int numTicks, double minStep) {
        double span = most - least;
        double room = span > 1e-9 * Math.abs(most) ? span : Math.max(0.2 * Math.abs(most), 1e-3);
        double low = room == span ? least : least - room / 2;
        double raw = room / numTicks;
        double magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = magnitude * (raw <= magnitude ? 1 : raw <= 2 * magnitude ? 2 : raw <= 5 * magnitude ? 5 : 10);
        step = Math.max(step, minStep);
        return new Axis(Math.floor(low / step) * step, Math.ceil((low + room) / step) * step, step);
    }

    int numTicks() {
        return (int) Math.round((to - from) / step) + 1;
    }

    double tick(int i) {
        return from + i * step;
    }

    String label(int i) {
        double exponent = Math.floor(Math.log10(step) + 1e-9);
        return exponent < -5 || exponent > 8
                ? String.format(Locale.ROOT, "%.1e", tick(i))
                : String.format(Locale.ROOT, "%." + (int) Math.max(0, -exponent) + "f", tick(i) + 0.0);
    }

    /** Where a value is, in pixels, if the axis goes from one place to another. */
    double scaled(double value, double first, double last) {
        return first + (value - from) / (to - from) * (last - first);
    }
}
