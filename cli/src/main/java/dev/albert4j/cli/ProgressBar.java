package dev.albert4j.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how far long work is, on stderr: a bar that is drawn over on a terminal, a line now and then elsewhere. */
final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 24;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final PrintStream out = System.err;
    private final boolean terminal = Boolean.getBoolean("albert4j.terminal");
    private final String title;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    private int lastLength;

    ProgressBar(String title) {
        this.title = title;
    }

    /** Shows that {@code done} of {@code total} are done, if the last time was long enough ago. */
    void show(long done, long total, String detail) {
        long now = System.nanoTime();
        boolean last = done >= total;
        if (!last && now - lastNanos < (terminal ? REDRAW_NANOS : LINE_NANOS)) {
            return;
        }
        lastNanos = now;
        double part = total == 0 ? 1 : Math.min(1.0, (double) done / total);
        long secondsLeft = part == 0 ? 0 : Math.round((now - startNanos) / 1e9 * (1 - part) / part);
        String time = last ? "in " + format(Math.round((now - startNanos) / 1e9)) : format(secondsLeft) + " left";
        String drawn = terminal ? bar(part) + " " : "";
        String said = detail.isEmpty() ? "" : "  " + detail.strip();
        String line = String.format(Locale.ROOT, "%s %s%.0f%%%s  %s", title, drawn, part * 100, said, time);
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, lastLength - line.length())));
            lastLength = line.length();
        } else {
            out.println(line);
        }
    }

    /** Prints a line that stays. */
    void println(String line) {
        clear();
        out.println(line);
    }

    private void clear() {
        if (terminal && lastLength > 0) {
            out.print("\r" + " ".repeat(lastLength) + "\r");
            lastLength = 0;
        }
    }

    private static String bar(double part) {
        int filled = (int) (part * WIDTH);
        return "[" + "█".repeat(filled) + "·".repeat(WIDTH - filled) + "]";
    }

    private static String format(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        return duration.toHours() > 0
                ? String.format(
                        Locale.ROOT,
                        "%d:%02d:%02d",
                        duration.toHours(),
                        duration.toMinutesPart(),
                        duration.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", duration.toMinutes(), duration.toSecondsPart());
    }

    /** Ends the line that was drawn. */
    @Override
    public void close() {
        if (terminal && lastLength > 0) {
            out.println();
            lastLength = 0;
        }
    }
}
