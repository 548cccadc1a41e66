package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.Columns;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.ProblemType;
import dev.albert4j.task.Classification;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.WordContribution;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code albert quickstart}: the whole way in two minutes. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description =
                "Classifies sample sentences, then learns to classify something else, and measures it. No download.")
final class QuickstartCommand implements Callable<Integer> {
    private static final String CHINESE = "sentiment-zh";
    private static final String START = "albert-tiny-en";
    private static final List<String> SENTENCES = List.of(
            "A wonderful film: funny, moving and beautifully acted.",
            "The plot is dull and the dialogue is even worse.",
            "It starts slowly, but the ending is simply great.",
            "What a waste of two hours.");
    private static final List<String> CHINESE_SENTENCES = List.of("房间很干净，服务员也很热情，下次还会来。", "屏幕有划痕，客服态度很差，非常失望。");
    private static final List<String> MESSAGES =
            List.of("My parcel has not arrived yet.", "I was charged twice.", "I cannot log in any more.");
    private static final int WORDS_SHOWN = 5;
    /** Little text, so many passes, with words hidden. Evaluated ten times. */
    private static final ObjectNode SETTINGS = new ObjectMapper()
            .createObjectNode()
            .put("epochs", 20)
            .put("batchSize", 16)
            .put("learningRate", 1e-3)
            .put("wordDropout", 0.1)
            .put("evaluateEverySteps", 22);

    @Option(names = "--output", paramLabel = "DIR", description = "where the new model goes (default runs/quickstart)")
    private Path output = Models.home().resolve("runs").resolve("quickstart");

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException {
        out.println("1. The shipped model " + Models.DEFAULT + " reads film reviews; its reasons, word by word:");
        explain(ModelDirectory.open(Models.resolve(Models.DEFAULT)), SENTENCES);
        out.println();
        out.println("   And " + CHINESE + ", which reads reviews of hotels and goods in Chinese:");
        explain(ModelDirectory.open(Models.resolve(CHINESE)), CHINESE_SENTENCES);
        out.println();
        out.println("2. Learning something else, from " + START
                + ", which has read a lot and knows no task: what a customer's message is about (examples/messages)");
        out.flush();
        Path data = Models.home().resolve("examples").resolve("messages");
        Path train = data.resolve("train.csv");
        Path dev = data.resolve("dev.csv");
        Finetuning run = new Finetuning(Models.resolve(START), output, false);
        run.describe(List.of("quickstart"), List.of(train, dev));
        Split<LabeledText> texts = new Split<>(
                LabeledTextReader.read(train, Columns.DEFAULT), LabeledTextReader.read(dev, Columns.DEFAULT));
        ProblemType type = ProblemType.SINGLE_LABEL_CLASSIFICATION;
        run.run(new LabeledData(type, texts, LabeledData.labels(type, texts.train())), SETTINGS.deepCopy());
        out.println();
        out.println("3. The new model at work:");
        explain(ModelDirectory.open(output), MESSAGES);
        out.println();
        out.println("What next:");
        out.println("  ./albert predict " + Models.DEFAULT + " --explain \"your own sentence\"");
        out.println("  ./albert predict " + output + " \"Where is my parcel?\"");
        out.println("  ./albert finetune --task classification --model " + START
                + " --train YOUR.csv --output runs/mine     (columns text, label)");
        out.println("  ./albert --help");
        return 0;
    }

    private void explain(ModelDirectory model, List<String> sentences) throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        AlbertWeights weights = model.weights();
        try (Encoder encoder = CpuEncoder.of(weights, threads)) {
            TextClassifier classifier = new TextClassifier(Models.tokenizer(model), weights, encoder, 4096);
            for (String sentence : sentences) {
                show(sentence, classifier.explain(new TextClassifier.Input(sentence, null)));
            }
        }
        out.flush();
    }

    private void show(String sentence, TextClassifier.Explanation explanation) {
        Classification answer = explanation.classification();
        out.printf(Locale.ROOT, "%n   \"%s\"%n   → %s (%.2f)%n", sentence, answer.label(), answer.score());
        List<WordContribution> strongest = explanation.words().stream()
                .filter(word -> word.word().codePoints().anyMatch(Character::isLetterOrDigit))
                .sorted(Comparator.comparingDouble(word -> -Math.abs(word.contribution())))
                .limit(WORDS_SHOWN)
                .toList();
        for (WordContribution word : strongest) {
            int length = (int) Math.min(24, Math.round(Math.abs(word.contribution()) * 8));
            out.printf(
                    Locale.ROOT,
                    "     %14s %+.2f %s%n",
                    word.word(),
                    word.contribution(),
                    (word.contribution() < 0 ? "░" : "█").repeat(length));
        }
    }
}
