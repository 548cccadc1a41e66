package dev.albert4j.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.data.Columns;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.LabeledTextReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BigramBaselineTest {
    /** Pairs of words decide, single words say nothing: every word is in as many texts of both labels. */
    private static List<LabeledText> texts() {
        List<LabeledText> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add(new LabeledText("a bad joke not good " + i, null, "negative", i));
            texts.add(new LabeledText("a good<BR>joke, not bad " + i, null, "positive", i));
        }
        return texts;
    }

    @Test
    void learnsFromPairsOfWordsWhatSingleWordsDoNotTell() {
        BigramClassifier classifier = BigramClassifier.train(texts());

        assertThat(classifier.labels()).containsExactly("negative", "positive");
        assertThat(classifier.probability("it was NOT BAD")).isGreaterThan(0.7);
        assertThat(classifier.probability("it was not good")).isLessThan(0.3);
        assertThat(classifier.probability("nothing known")).isBetween(0.45, 0.55);
        assertThat(classifier.probability("br")).isEqualTo(classifier.probability("nothing known"));
        assertThat(BigramBaseline.report(classifier, texts()).toReport().metrics())
                .containsEntry("macro_f1", 1.0);
    }

    @Test
    void writesTheTextsOfWhoseLabelItIsSure(@TempDir Path directory) throws IOException {
        BigramClassifier classifier = BigramClassifier.train(texts());
        Path output = directory.resolve("labelled.jsonl");
        List<LabeledText> unlabelled = List.of(
                new LabeledText("not good, \"a bad joke\"", null, "", 1), new LabeledText("who knows?", null, "", 2));

        int written = BigramBaseline.label(classifier, unlabelled, null, output, 0.7);

        assertThat(written).isEqualTo(1);
        assertThat(LabeledTextReader.read(output, Columns.DEFAULT))
                .extracting(LabeledText::text, LabeledText::label)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("not good, \"a bad joke\"", "negative"));
    }

    @Test
    void writesWhatItAndAModelThinkTogether(@TempDir Path directory) throws IOException {
        BigramClassifier classifier = BigramClassifier.train(texts());
        Path output = directory.resolve("labelled.jsonl");
        Path answers = Files.writeString(
                directory.resolve("answers.jsonl"),
                "{\"scores\":{\"negative\":0.1,\"positive\":0.9}}\n{\"scores\":{\"positive\":0.5,\"negative\":0.5}}\n");
        List<LabeledText> texts =
                List.of(new LabeledText("nothing known", null, "", 1), new LabeledText("not good", null, "", 2));
        double unknown = classifier.probability("nothing known");
        double bad = classifier.probability("not good");

        double[] said = BigramBaseline.answers(answers, classifier.labels(), 2);
        assertThat(said).containsExactly(new double[] {0.9, 0.5}, within(1e-9));
        assertThat(BigramBaseline.label(classifier, texts, said, output, 0.5)).isEqualTo(2);

        List<LabeledText> written = LabeledTextReader.read(output, Columns.DEFAULT);
        assertThat(written).extracting(LabeledText::label).containsExactly("positive", "negative");
        // The odds are the geometric mean: 9 and about 1; 1 and bad / (1 - bad).
        assertThat(odds(written.get(0))).isCloseTo(Math.sqrt(9 * unknown / (1 - unknown)), within(1e-3));
        assertThat(odds(written.get(1))).isCloseTo(Math.sqrt(bad / (1 - bad)), within(1e-3));

        assertThatThrownBy(() -> BigramBaseline.answers(answers, classifier.labels(), 3))
                .hasMessageContaining("2 answers to 3 texts");
        assertThatThrownBy(() -> BigramBaseline.answers(answers, classifier.labels(), 1))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> BigramBaseline.answers(answers, List.of("bad", "good"), 2))
                .hasMessageContaining("line 1");
    }

    private static double odds(LabeledText text) {
        double positive = Objects.requireNonNull(text.probabilities().get("positive"));
        return positive / (1 - positive);
    }

    @Test
    void refusesThreeLabels() {
        List<LabeledText> texts = texts();
        texts.add(new LabeledText("neither", null, "neutral", 41));

        assertThatThrownBy(() -> BigramClassifier.train(texts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neutral");
    }
}
