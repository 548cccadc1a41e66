package dev.albert4j.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as Hugging Face writes it: {@code 2MB}, {@code 1GiB}, {@code 500000}. */
final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*([KMG]I?B|B)?");
    private static final Map<String, Long> UNITS = Map.of(
            "B",
            1L,
            "KB",
            1000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "KIB",
            1L << 10,
            "MIB",
            1L << 20,
            "GIB",
            1L << 30);

    private ByteSize() {}

    /** @throws IllegalArgumentException naming the option, if it is no such size or 0 */
    static long parse(String option, String size) {
        Matcher matcher = FORM.matcher(size.strip().toUpperCase(Locale.ROOT));
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "B" : matcher.group(2);
            long bytes = Long.parseLong(matcher.group(1)) * UNITS.getOrDefault(unit, 1L);
            if (bytes > 0) {
                return bytes;
            }
        }
        throw new IllegalArgumentException(option + " \"" + size
                + "\" is no size; allowed is a positive number of bytes, or with a unit: KB, MB, GB, KiB, MiB, GiB");
    }
}
