package dev.albert4j.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a table, or fields of a JSON object, hold the text, the second text and the label.
 *
 * @param text name of the column with the text
 * @param pair name of the column with the second text; where no such column exists there is none
 * @param label name of the column with the label
 * @param header the names of all columns in their order, for a table without a header line
 */
public record Columns(
        String text, String pair, String label, @Nullable List<String> header) {
    /** A header line, or JSON fields, named {@code text}, {@code text_pair}, {@code label}. */
    public static final Columns DEFAULT = new Columns("text", "text_pair", "label", null);

    public Columns {
        header = header == null ? null : List.copyOf(header);
    }

    /**
     * Reads what a user wrote: {@code text=review,label=stars} renames columns of the header line or JSON fields;
     * {@code text,_,label} names the columns of a table that has no header line, {@code _} one to leave out.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Columns parse(String specification) {
        String[] parts = specification.split(",", -1);
        return specification.contains("=") ? renamed(specification, parts) : positional(specification, parts);
    }

    private static Columns renamed(String specification, String[] parts) {
        Map<String, String> names = new LinkedHashMap<>();
        for (String part : parts) {
            int equals = part.indexOf('=');
            String role = equals < 0 ? part : part.substring(0, equals).strip();
            String name = part.substring(equals + 1).strip();
            if (equals < 0
                    || name.isEmpty()
                    || !List.of("text", "text_pair", "label").contains(role)) {
                throw mistaken(specification);
            }
            names.put(role, name);
        }
        return new Columns(
                names.getOrDefault("text", DEFAULT.text()),
                names.getOrDefault("text_pair", DEFAULT.pair()),
                names.getOrDefault("label", DEFAULT.label()),
                null);
    }

    private static Columns positional(String specification, String[] parts) {
        List<String> header = new ArrayList<>();
        for (String part : parts) {
            String role = part.strip();
            if (!List.of("text", "text_pair", "label", "_").contains(role)
                    || !role.equals("_") && header.contains(role)) {
                throw mistaken(specification);
            }
            header.add(role);
        }
        if (!header.contains("text")) {
            throw mistaken(specification);
        }
        return new Columns(DEFAULT.text(), DEFAULT.pair(), DEFAULT.label(), header);
    }

    private static IllegalArgumentException mistaken(String specification) {
        return new IllegalArgumentException("columns \"" + specification
                + "\" not understood; allowed are text=NAME,text_pair=NAME,label=NAME to name columns, or a list such as"
                + " text,_,label for a file without a header line");
    }
}
