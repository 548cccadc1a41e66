package dev.albert4j.checks;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.data.Columns;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import dev.albert4j.io.WholeFile;
import dev.albert4j.metric.ClassificationReport;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The {@linkplain BigramClassifier baseline} on data of two labels. {@code BigramBaseline TRAIN DEV} prints how well it does;
 * {@code BigramBaseline TRAIN TEXTS OUTPUT.jsonl CONFIDENCE} labels texts that have no label and writes those of whose label it
 * is so sure, from 0.5 to 1: to learn from beside the labelled ones (self-training).
 */
public final class BigramBaseline {
    private BigramBaseline() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        if (args.length != 2 && args.length != 4) {
            throw new IllegalArgumentException(
                    "expected TRAIN DEV, or TRAIN TEXTS OUTPUT CONFIDENCE, but got " + Arrays.toString(args));
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
            out.println(label(classifier, texts, Path.of(args[2]), Double.parseDouble(args[3])) + " of " + texts.size()
                    + " texts labelled");
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

    /** Returns how many texts it wrote. */
    static int label(BigramClassifier classifier, List<LabeledText> texts, Path output, double confidence)
            throws IOException {
        if (!(confidence >= 0.5 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence " + confidence + " is not between 0.5 and 1");
        }
        ObjectMapper json = new ObjectMapper();
        int[] written = new int[1];
        WholeFile.write(output, channel -> {
            OutputStream lines = new BufferedOutputStream(Channels.newOutputStream(channel));
            for (LabeledText text : texts) {
                double probability = classifier.probability(text.text());
                if (Math.max(probability, 1 - probability) >= confidence) {
                    String label = classifier.labels().get(probability < 0.5 ? 0 : 1);
                    lines.write(json.writeValueAsBytes(
                            json.createObjectNode().put("text", text.text()).put("label", label)));
                    lines.write('\n');
                    written[0]++;
                }
            }
            lines.flush();
        });
        return written[0];
    }
}
