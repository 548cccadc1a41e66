package dev.albert4j.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.data.Columns;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import dev.albert4j.io.WholeFile;
import dev.albert4j.metric.ClassificationReport;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain BigramClassifier baseline} on data of two labels. {@code BigramBaseline TRAIN DEV} prints how well it does;
 * {@code BigramBaseline TRAIN TEXTS OUTPUT.jsonl CONFIDENCE} labels texts that have no label and writes those of whose label it
 * is so sure, from 0.5 to 1: to learn from beside the labelled ones (self-training). With {@code ANSWERS.jsonl} after these, what
 * {@code albert predict} said of the same texts, labels are those of both together, the mean of their log-odds, and written as
 * the probability of each label.
 */
public final class BigramBaseline {
    private static final double MARGIN = 1e-6; // of probabilities that have been rounded to 0 or 1

    private BigramBaseline() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        if (args.length != 2 && args.length != 4 && args.length != 5) {
            throw new IllegalArgumentException(
                    "expected TRAIN DEV, or TRAIN TEXTS OUTPUT CONFIDENCE [ANSWERS], but got " + Arrays.toString(args));
        }
        BigramClassifier classifier = BigramClassifier.train(LabeledTextReader.read(Path.of(args[0]), Columns.DEFAULT));
        List<LabeledText> texts = LabeledTextReader.read(
                        Path.of(args[1]),
                        Columns.DEFAULT,
                        args.length == 2 ? LabeledTextReader.Labels.ONE : LabeledTextReader.Labels.OPTIONAL,
                        false)
                .examples();
        if (args.length == 2) {
            out.print(report(classifier, texts).toText());
        } else {
            double[] answers = args.length == 5 ? answers(Path.of(args[4]), classifier.labels(), texts.size()) : null;
            out.println(label(classifier, texts, answers, Path.of(args[2]), Double.parseDouble(args[3])) + " of "
                    + texts.size() + " texts labelled");
        }
    }

    static ClassificationReport report(BigramClassifier classifier, List<LabeledText> texts) {
        int[] expected =
                texts.stream().mapToInt(text -> classifier.index(text.label())).toArray();
        int[] predicted = texts.stream()
                .mapToInt(text -> classifier.probability(text.text()) < 0.5 ? 0 : 1)
                .toArray();
        return ClassificationReport.of(classifier.labels(), expected, predicted);
    }

    /** The probability of the second label in each line of a file that {@code albert predict} wrote. */
    static double[] answers(Path file, List<String> labels, int numTexts) throws IOException {
        ObjectMapper json = new ObjectMapper();
        double[] answers = new double[numTexts];
        int line = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                JsonNode scores = json.readTree(text).path("scores");
                double first = scores.path(labels.get(0)).asDouble(-1);
                double second = scores.path(labels.get(1)).asDouble(-1);
                if (++line > numTexts || !(first >= 0 && second >= 0 && first + second > 0)) {
                    throw new IllegalArgumentException(file + ", line " + line + ": expected an answer to each of "
                            + numTexts + " texts, with scores of " + labels + ", but got " + text);
                }
                answers[line - 1] = second / (first + second);
            }
        }
        if (line != numTexts) {
            throw new IllegalArgumentException(file + " has " + line + " answers to " + numTexts + " texts");
        }
        return answers;
    }

    /**
     * Writes the texts of whose label it is sure.
     *
     * @param answers what a model says of the second label's probability, of each text; null for none
     * @return how many texts it wrote
     */
    static int label(
            BigramClassifier classifier,
            List<LabeledText> texts,
            double @Nullable [] answers,
            Path output,
            double confidence)
            throws IOException {
        if (!(confidence >= 0.5 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence " + confidence + " is not between 0.5 and 1");
        }
        ObjectMapper json = new ObjectMapper();
        int[] written = new int[1];
        WholeFile.write(output, channel -> {
            OutputStream lines = new BufferedOutputStream(Channels.newOutputStream(channel));
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i).text();
                double own = classifier.probability(text);
                double probability = answers == null ? own : together(own, answers[i]);
                if (Math.max(probability, 1 - probability) >= confidence) {
                    ObjectNode labelled = json.createObjectNode().put("text", text);
                    if (answers == null) {
                        labelled.put("label", classifier.labels().get(probability < 0.5 ? 0 : 1));
                    } else {
                        labelled.putObject("label")
                                .put(classifier.labels().get(0), (float) (1 - probability))
                                .put(classifier.labels().get(1), (float) probability);
                    }
                    lines.write(json.writeValueAsBytes(labelled));
                    lines.write('\n');
                    written[0]++;
                }
            }
            lines.flush();
        });
        return written[0];
    }

    /** The probability whose log-odds are the mean of those of two. */
    static double together(double p, double q) {
        return 1 / (1 + Math.exp(-(logOdds(p) + logOdds(q)) / 2));
    }

    private static double logOdds(double probability) {
        double inside = Math.min(Math.max(probability, MARGIN), 1 - MARGIN);
        return Math.log(inside / (1 - inside));
    }
}
