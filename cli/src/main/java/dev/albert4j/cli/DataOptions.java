package dev.albert4j.cli;

import dev.albert4j.data.BadExampleException;
import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.data.ChoiceReader;
import dev.albert4j.data.Columns;
import dev.albert4j.data.Examples;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import dev.albert4j.data.LabeledTextReader.Labels;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.data.QuestionReader;
import dev.albert4j.data.RankedQuery;
import dev.albert4j.data.RankedQueryReader;
import dev.albert4j.data.TaggedText;
import dev.albert4j.data.TaggedTextReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How labelled files are read. */
final class DataOptions {
    static final String FILES =
            "labelled texts: .csv, .tsv or .jsonl, also with .gz; columns text, text_pair (perhaps), label; for classification in .jsonl"
                    + " also {\"good\":0.7,\"bad\":0.3} for a label. For ner .jsonl (CLUENER, spans)"
                    + " or CoNLL columns; for qa SQuAD's .json; for multiple-choice C3's .json or .jsonl;"
                    + " for fill-mask and embedding without label, also .txt, a text a line; for rerank .jsonl"
                    + " {\"query\",\"texts\",\"labels\"}";

    @Option(
            names = "--columns",
            paramLabel = "COLUMNS",
            description =
                    "names of the columns or fields, text=review,label=stars; for a file without a header line the"
                            + " columns in order, text,_,label")
    private @Nullable String columns;

    @Option(
            names = "--skip-bad",
            description =
                    "leave out examples with something wrong, and say how many and what (default: refuse the file)")
    private boolean skipBad;

    /** Texts with a label each. */
    List<LabeledText> texts(Path file) throws IOException {
        return told(file, LabeledTextReader.read(file, columns(), Labels.ONE, skipBad));
    }

    /** Texts with any number of labels. */
    List<LabeledText> multiLabelTexts(Path file) throws IOException {
        return told(file, LabeledTextReader.read(file, columns(), Labels.ANY_NUMBER, skipBad));
    }

    /** Texts that may have a label or not. */
    List<LabeledText> plainTexts(Path file) throws IOException {
        return told(file, LabeledTextReader.read(file, columns(), Labels.OPTIONAL, skipBad));
    }

    /** Queries with texts and how well they fit. */
    List<RankedQuery> rankings(Path file) throws IOException {
        return told(file, RankedQueryReader.read(file, skipBad));
    }

    /** Texts with what is named in them. */
    List<TaggedText> tagged(Path file) throws IOException {
        return told(file, TaggedTextReader.read(file, skipBad));
    }

    /** Questions with answers in a text. */
    List<QuestionContext> questions(Path file) throws IOException {
        return told(file, QuestionReader.read(file, skipBad));
    }

    /** Questions with options. */
    List<ChoiceQuestion> choices(Path file) throws IOException {
        return told(file, ChoiceReader.read(file, skipBad));
    }

    /** Those of the examples that a check, which throws {@link BadExampleException}, lets pass. */
    <T> List<T> checked(Path file, List<T> examples, Consumer<? super T> check) throws IOException {
        return told(file, Examples.checked(file, examples, skipBad, check));
    }

    private static <T> List<T> told(Path file, Examples<T> read) {
        if (read.numBad() > 0) {
            System.err.printf(Locale.ROOT, "%s: left out %,d bad examples, the first of them:%n", file, read.numBad());
            read.problems().forEach(System.err::println);
        }
        return read.examples();
    }

    private Columns columns() {
        return columns == null ? Columns.DEFAULT : Columns.parse(columns);
    }

    /** A list of labels that fits in a line. */
    static String abbreviate(List<String> labels) {
        return labels.size() <= 12
                ? labels.toString()
                : labels.subList(0, 12).toString().replace("]", ", …]") + " (" + labels.size() + " in all)";
    }
}
