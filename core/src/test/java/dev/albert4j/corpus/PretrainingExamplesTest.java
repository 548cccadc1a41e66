package dev.albert4j.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.corpus.PretrainingExamples.Example;
import dev.albert4j.corpus.SegmentRules.Order;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingExamplesTest {
    private static final int CLS = 2;
    private static final int SEP = 3;

    @TempDir
    Path work;

    private PretrainingExamples examples(TokenCorpus corpus, SegmentRules rules, long seed) throws IOException {
        Tokenizer tokenizer = MadeUpCorpus.tokenizer(work);
        return PretrainingExamples.training(
                corpus, rules, MadeUpCorpus.masking(tokenizer), tokenizer.vocabulary(), seed, 0);
    }

    /** The ids before words were hidden. */
    private static int[] unmasked(Example example) {
        int[] ids = example.ids().clone();
        for (int i = 0; i < example.positions().length; i++) {
            ids[example.positions()[i]] = example.targets()[i];
        }
        return ids;
    }

    private static List<Example> epoch(PretrainingExamples examples, int epoch) {
        return IntStream.range(0, examples.size())
                .mapToObj(i -> examples.example(epoch, i))
                .toList();
    }

    @Test
    void anExampleDependsOnSeedEpochAndNumberAlone() throws IOException {
        TokenCorpus corpus = MadeUpCorpus.corpus(work, MadeUpCorpus.documents(50, 30, 20, 3));
        PretrainingExamples one = examples(corpus, SegmentRules.of(64), 7);
        PretrainingExamples other = examples(corpus, SegmentRules.of(64), 7);
        Set<String> seen = new HashSet<>();
        for (int i = one.size() - 1; i >= 0; i--) {
            for (int epoch : new int[] {2, 0}) {
                Example here = one.example(epoch, i);
                Example there = other.example(epoch, i);
                assertThat(here.ids()).isEqualTo(there.ids());
                assertThat(here.targets()).isEqualTo(there.targets());
                assertThat(here.order()).isEqualTo(there.order());
                seen.add(Arrays.toString(here.ids()));
            }
        }
        assertThat(seen).hasSizeGreaterThan(2 * one.size() - 5);
        assertThat(examples(corpus, SegmentRules.of(64), 8).example(0, 0).ids())
                .isNotEqualTo(one.example(0, 0).ids());
    }

    @Test
    void aPairIsTwoRunsOfSentencesInOrderOrSwapped() throws IOException {
        List<List<int[]>> documents = MadeUpCorpus.documents(40, 30, 9, 5);
        TokenCorpus corpus = MadeUpCorpus.corpus(work, documents);
        List<String> all = documents.stream()
                .map(document -> " "
                        + String.join(
                                " ", document.stream().map(MadeUpCorpus::text).toList())
                        + " ")
                .toList();
        for (Example example : epoch(examples(corpus, SegmentRules.of(64), 1), 0)) {
            int[] ids = unmasked(example);
            assertThat(ids.length).isBetween(5, 64);
            int middle = IntStream.range(0, ids.length)
                    .filter(i -> ids[i] == SEP)
                    .findFirst()
                    .orElseThrow();
            assertThat(ids[0]).isEqualTo(CLS);
            assertThat(ids[ids.length - 1]).isEqualTo(SEP);
            for (int i = 0; i < ids.length; i++) {
                assertThat(example.typeIds()[i]).isEqualTo(i <= middle ? 0 : 1);
            }
            String a = MadeUpCorpus.text(Arrays.copyOfRange(ids, 1, middle));
            String b = MadeUpCorpus.text(Arrays.copyOfRange(ids, middle + 1, ids.length - 1));
            assertThat(all).anyMatch(document -> document.contains(" " + a + " "));
            assertThat(all).anyMatch(document -> document.contains(" " + b + " "));
            if (example.order() == 0 && ids.length < 64) {
                assertThat(all).anyMatch(document -> document.contains(" " + a + " " + b + " "));
            }
        }
    }

    @Test
    void withoutShortSequencesAnEpochIsCutAsGoogleCutsIt() throws IOException {
        List<List<int[]>> documents = MadeUpCorpus.documents(200, 40, 15, 9);
        TokenCorpus corpus = MadeUpCorpus.corpus(work, documents);
        PretrainingExamples ours = examples(corpus, new SegmentRules(128, 0, Order.SOP), 1);
        List<GoogleGenerator.Instance> theirs = new GoogleGenerator(documents, 128, 0, 1).pass();
        assertThat(ours.size()).isEqualTo(theirs.size());
        for (int i = 0; i < theirs.size(); i++) {
            Example example = ours.example(0, i);
            if (!theirs.get(i).otherDocument()) {
                assertThat(example.ids()).hasSize(theirs.get(i).length());
            }
        }
    }

    /** Source: google-research/albert create_pretraining_data.py, run as {@link GoogleGenerator} tells it. */
    @Test
    void lengthsLabelsAndPartsAreDistributedAsGoogles() throws IOException {
        for (int maxSentences : new int[] {3, 40}) {
            List<List<int[]>> documents = MadeUpCorpus.documents(400, maxSentences, 25, 11);
            TokenCorpus corpus =
                    MadeUpCorpus.corpus(Files.createDirectory(work.resolve("of" + maxSentences)), documents);
            PretrainingExamples examples = examples(corpus, SegmentRules.of(128), 5);
            GoogleGenerator google = new GoogleGenerator(documents, 128, 0.1, 6);
            List<Example> ours = new ArrayList<>();
            List<GoogleGenerator.Instance> theirs = new ArrayList<>();
            for (int epoch = 0; epoch < 20; epoch++) {
                ours.addAll(epoch(examples, epoch));
                theirs.addAll(google.pass());
            }
            // Each of our epochs has as many examples as the first.
            assertThat((double) ours.size() / theirs.size()).isCloseTo(1, within(0.05));
            assertThat(mean(ours, Example::order))
                    .isCloseTo(mean(theirs, GoogleGenerator.Instance::label), within(0.02));
            assertThat(mean(ours, PretrainingExamplesTest::shareOfA))
                    .isCloseTo(mean(theirs, GoogleGenerator.Instance::shareOfA), within(0.01));
            for (int quarter = 0; quarter < 128; quarter += 16) {
                int least = quarter;
                assertThat(mean(ours, example -> example.ids().length > least ? 1 : 0))
                        .as("longer than " + least)
                        .isCloseTo(mean(theirs, instance -> instance.length() > least ? 1 : 0), within(0.02));
            }
        }
    }

    private static double shareOfA(Example example) {
        int a = (int) Arrays.stream(example.typeIds()).filter(type -> type == 0).count() - 2;
        return (double) a / (example.ids().length - 3);
    }

    private static <T> double mean(List<T> values, ToDoubleFunction<T> number) {
        return values.stream().mapToDouble(number).average().orElseThrow();
    }

    @Test
    void aLoneSentenceIsPairedWithAnotherDocumentAndCountsAsSwapped() throws IOException {
        List<List<int[]>> documents = List.of(List.of(new int[] {10, 11, 12}), List.of(new int[] {20, 21}));
        TokenCorpus corpus = MadeUpCorpus.corpus(work, documents);
        PretrainingExamples examples = examples(corpus, new SegmentRules(32, 0, Order.SOP), 1);
        assertThat(examples.size()).isEqualTo(2);
        assertThat(unmasked(examples.example(0, 0))).containsExactly(CLS, 10, 11, 12, SEP, 20, 21, SEP);
        assertThat(unmasked(examples.example(4, 1))).containsExactly(CLS, 20, 21, SEP, 10, 11, 12, SEP);
        assertThat(examples.example(0, 0).order()).isEqualTo(1);
    }

    @Test
    void withoutSentenceOrderNothingIsSwappedAndALoneSentenceStaysAlone() throws IOException {
        List<List<int[]>> documents = List.of(List.of(new int[] {10, 11, 12}), List.of(new int[] {20}, new int[] {21}));
        TokenCorpus corpus = MadeUpCorpus.corpus(work, documents);
        PretrainingExamples examples = examples(corpus, new SegmentRules(32, 0, Order.NONE), 1);
        for (int epoch = 0; epoch < 20; epoch++) {
            assertThat(unmasked(examples.example(epoch, 0))).containsExactly(CLS, 10, 11, 12, SEP);
            assertThat(unmasked(examples.example(epoch, 1))).containsExactly(CLS, 20, SEP, 21, SEP);
            assertThat(examples.example(epoch, 1).order()).isZero();
        }
    }

    @Test
    void aSentenceThatIsMuchTooLongIsCutAtBothEnds() throws IOException {
        int[] endless = IntStream.range(0, 100_000).map(i -> 5 + i % 200).toArray();
        TokenCorpus corpus = MadeUpCorpus.corpus(work, List.of(List.of(endless), List.of(new int[] {7})));
        Example example =
                examples(corpus, new SegmentRules(64, 0, Order.SOP), 1).example(0, 0);
        int[] ids = unmasked(example);
        assertThat(ids).hasSize(64).endsWith(SEP, 7, SEP);
        for (int i = 2; i <= 60; i++) {
            assertThat((ids[i] - ids[i - 1] + 200) % 200).isEqualTo(1);
        }
        assertThat(ids[1]).isNotEqualTo(5);
    }

    @Test
    void documentsAreHeldBackByTheirContent() throws IOException {
        List<List<int[]>> documents = new ArrayList<>(MadeUpCorpus.documents(1000, 3, 6, 21));
        documents.addAll(documents.subList(0, 500)); // copies
        TokenCorpus corpus = MadeUpCorpus.corpus(work, documents);
        Tokenizer tokenizer = MadeUpCorpus.tokenizer(work);
        SegmentRules rules = new SegmentRules(64, 0, Order.NONE);
        List<Set<String>> sides = new ArrayList<>();
        for (PretrainingExamples side : List.of(
                PretrainingExamples.training(
                        corpus, rules, MadeUpCorpus.masking(tokenizer), tokenizer.vocabulary(), 1, 0.2),
                PretrainingExamples.heldBack(
                        corpus, rules, MadeUpCorpus.masking(tokenizer), tokenizer.vocabulary(), 2, 0.2))) {
            Set<String> texts = new HashSet<>();
            epoch(side, 0).forEach(example -> texts.add(Arrays.toString(unmasked(example))));
            sides.add(texts);
        }
        assertThat((double) sides.get(1).size()
                        / (sides.get(0).size() + sides.get(1).size()))
                .isCloseTo(0.2, within(0.05));
        assertThat(sides.get(0)).doesNotContainAnyElementsOf(sides.get(1));
    }

    @Test
    void aShareThatLeavesNothingIsRefused() throws IOException {
        TokenCorpus corpus = MadeUpCorpus.corpus(work, MadeUpCorpus.documents(3, 3, 3, 1));
        Tokenizer tokenizer = MadeUpCorpus.tokenizer(work);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PretrainingExamples.heldBack(
                        corpus, SegmentRules.of(64), MadeUpCorpus.masking(tokenizer), tokenizer.vocabulary(), 1, 1e-9))
                .withMessageContaining("3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentRules.of(4))
                .withMessage("maxLength 4 is less than 5");
    }
}
