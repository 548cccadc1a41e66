package dev.albert4j.task;

import static dev.albert4j.task.EntityRecognizer.NO_TAG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.Span;
import dev.albert4j.data.TaggedText;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntityRecognizerTest {
    private static final List<String> TAGS = EntityRecognizer.tags(List.of("PER", "LOC", "PER"));
    private static final int O = 0;
    private static final int B_LOC = 1;
    private static final int B_PER = 3;
    private static final int I_PER = 4;

    @TempDir
    Path directory;

    private Tokenizer tokenizer;

    @BeforeEach
    void makeTokenizer() throws IOException {
        tokenizer = Tokenizer.load(Files.write(
                directory.resolve("vocab.txt"),
                List.of(
                        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "peter", "black", "##burn", "visited", "paris",
                        ".", ",", "in", "beyonce", "京", "北", "(")));
    }

    @Test
    void theLabelsAreOutsideThenEachTypeSorted() {
        assertThat(TAGS).containsExactly("O", "B-LOC", "I-LOC", "B-PER", "I-PER");
        assertThat(EntityRecognizer.tags(List.of())).containsExactly("O");
    }

    @Test
    void theFirstTokenOfAWordCarriesItsTagAndNoOtherCounts() {
        TaggedText text = new TaggedText(
                "Peter Blackburn visited Paris.", List.of(new Span("PER", 0, 15), new Span("LOC", 24, 29)), 1);
        assertThat(EntityRecognizer.tagIds(tokenizer.encode(text.text()), text, TAGS))
                .containsExactly(NO_TAG, B_PER, I_PER, NO_TAG, O, B_LOC, O, NO_TAG);
    }

    @Test
    void spansWithBlanksPartsOfWordsAndNestedOnesAreTaggedByWords() {
        TaggedText text = new TaggedText(
                " Peter Blackburn北京",
                List.of(new Span("LOC", 1, 6), new Span("PER", 0, 12), new Span("LOC", 16, 18)),
                1);
        assertThat(EntityRecognizer.tagIds(tokenizer.encode(text.text()), text, TAGS))
                .containsExactly(NO_TAG, B_PER, I_PER, NO_TAG, B_LOC, 2, NO_TAG);
    }

    @Test
    void aWindowGoesOnWithTheSpanAndLeavesOutTheRestOfAWord() {
        TaggedText text = new TaggedText("in Peter Blackburn, Paris", List.of(new Span("PER", 3, 18)), 1);
        EncodingOptions options = EncodingOptions.DEFAULT.withMaxLength(4);
        List<Encoding> windows = tokenizer.windows(text.text(), null, options, 1);
        assertThat(windows.stream().map(window -> EntityRecognizer.tagIds(window, text, TAGS)))
                .containsExactly(
                        new int[] {NO_TAG, O, B_PER, NO_TAG},
                        new int[] {NO_TAG, B_PER, I_PER, NO_TAG},
                        new int[] {NO_TAG, I_PER, NO_TAG, NO_TAG},
                        new int[] {NO_TAG, NO_TAG, O, NO_TAG},
                        new int[] {NO_TAG, O, O, NO_TAG});
    }

    @Test
    void aTypeThatIsNoTagAndTagsThatAreNotBioAreRefused() {
        Encoding encoding = tokenizer.encode("Paris");
        TaggedText text = new TaggedText("Paris", List.of(new Span("GPE", 0, 5)), 1);
        assertThatThrownBy(() -> EntityRecognizer.tagIds(encoding, text, TAGS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("type GPE is none of the tags");
        for (List<String> wrong : List.of(
                List.of("B-GPE", "I-GPE"),
                List.of("O", "I-GPE"),
                List.of("O", "GPE"),
                List.of("O", "B-GPE", "S-GPE"))) {
            assertThatThrownBy(() -> EntityRecognizer.tagIds(encoding, text, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("GPE");
        }
    }

    @Test
    void entitiesArePlacesInTheOriginalText() {
        String text = " PETER  Blackburn visited (Beyonce\u0301).";
        TaggedText tagged = new TaggedText(text, List.of(new Span("PER", 1, 17), new Span("PER", 27, 35)), 1);
        try (Oracle oracle = new Oracle(tokenizer, List.of(tagged), 32)) {
            List<Entity> entities = oracle.recognizer().predict(text);
            assertThat(entities).extracting(Entity::text).containsExactly("PETER  Blackburn", "Beyonce\u0301");
            assertThat(entities).extracting(Entity::span).containsExactlyElementsOf(tagged.spans());
            assertThat(entities).allSatisfy(entity -> assertThat(entity.score()).isCloseTo(1, within(1e-6)));
        }
    }

    @Test
    void aTextLongerThanTheModelIsReadInWindowsAsIfItWereWhole() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int maxLength = 3; maxLength < 20; maxLength++) {
            List<TaggedText> texts = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                StringBuilder text = new StringBuilder();
                List<Span> spans = new ArrayList<>();
                for (int word = random.nextInt(60); word >= 0; word--) {
                    int begin = text.length();
                    text.append(List.of("Peter Blackburn", "Paris", "北京").get(random.nextInt(3)));
                    if (random.nextInt(2) == 0) {
                        spans.add(new Span(random.nextBoolean() ? "PER" : "LOC", begin, text.length()));
                    }
                    text.append(random.nextBoolean() ? " " : ", ");
                }
                texts.add(new TaggedText(text.toString(), spans, 1 + i));
            }
            try (Oracle oracle = new Oracle(tokenizer, texts, maxLength)) {
                int numSpans =
                        texts.stream().mapToInt(text -> text.spans().size()).sum();
                assertThat(oracle.evaluate().metric("micro_f1"))
                        .as("seed %d maxLength %d", seed, maxLength)
                        .isEqualTo(numSpans == 0 ? 0 : 1);
            }
        }
    }

    @Test
    void emptyTextsHoldNothing() {
        AlbertWeights weights = AlbertWeights.initialize(config(TAGS, 8), 1);
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1)) {
            EntityRecognizer recognizer = new EntityRecognizer(tokenizer, weights, encoder, 100);
            assertThat(recognizer.predict(List.of("", " \t"))).containsExactly(List.of(), List.of());
            assertThat(recognizer.predict(List.of())).isEmpty();
            assertThat(recognizer.labels()).isEqualTo(TAGS);
        }
    }

    @Test
    void eightThreadsFindWhatOneThreadFinds() throws InterruptedException, ExecutionException {
        AlbertWeights weights = AlbertWeights.initialize(
                config(TAGS, 8).toBuilder().initializerRange(2).build(), 3);
        weights.values("classifier.bias")[O] = -1000; // so that something is found
        List<String> texts = List.of("Peter Blackburn visited Paris, Paris, 北京.", "in Paris", "(北京) Peter".repeat(9));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (CpuEncoder encoder = CpuEncoder.of(weights, 2)) {
            EntityRecognizer recognizer = new EntityRecognizer(tokenizer, weights, encoder, 20);
            List<List<Entity>> expected = recognizer.predict(texts);
            assertThat(expected.get(2)).isNotEmpty();
            List<Future<List<List<Entity>>>> results = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                results.add(threads.submit(() -> recognizer.predict(texts)));
            }
            for (Future<List<List<Entity>>> result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aModelThatIsNoTokenClassifierIsRefused() {
        refused(config(TAGS, 8).toBuilder().head(Head.SEQUENCE_CLASSIFICATION).build(), "not a token classifier");
        refused(config(List.of(), 8), "label LABEL_0 of [LABEL_0, LABEL_1]");
        refused(config(List.of("O", "I-PER"), 8), "label I-PER has no B-PER");
        refused(config(List.of("B-PER", "I-PER"), 8), "lack O");
        refused(config(TAGS, 2), "reads 2 tokens");
    }

    private void refused(AlbertConfig config, String problem) {
        AlbertWeights weights = AlbertWeights.initialize(config, 1);
        try (CpuEncoder encoder = CpuEncoder.of(weights, 1)) {
            assertThatThrownBy(() -> new EntityRecognizer(tokenizer, weights, encoder, 100))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(problem);
        }
    }

    private AlbertConfig config(List<String> labels, int maxLength) {
        return AlbertConfig.builder()
                .head(Head.TOKEN_CLASSIFICATION)
                .vocabSize(tokenizer.vocabulary().size())
                .embeddingSize(8)
                .hiddenSize(16)
                .numHiddenLayers(2)
                .numAttentionHeads(2)
                .intermediateSize(16)
                .maxPositionEmbeddings(maxLength)
                .labels(labels)
                .build();
    }
}
