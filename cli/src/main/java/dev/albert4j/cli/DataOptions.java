package dev.albert4j.cli;

import dev.albert4j.data.Columns;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How labelled files are read. */
final class DataOptions {
    static final String FILES =
            "labelled texts: .csv, .tsv or .jsonl, also with .gz; columns text, text_pair (perhaps), label";

    @Option(
            names = "--columns",
            paramLabel = "COLUMNS",
            description =
                    "names of the columns or fields, text=review,label=stars; for a file without a header line the"
                            + " columns in order, text,_,label")
    private @Nullable String columns;

    Columns columns() {
        return columns == null ? Columns.DEFAULT : Columns.parse(columns);
    }

    /** A list of labels that fits in a line. */
    static String abbreviate(List<String> labels) {
        return labels.size() <= 12
                ? labels.toString()
                : labels.subList(0, 12).toString().replace("]", ", …]") + " (" + labels.size() + " in all)";
    }
}
