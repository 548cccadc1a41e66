package dev.albert4j.task;

import dev.albert4j.data.Span;
import dev.albert4j.data.TaggedText;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.Mistakes.Mistake;
import dev.albert4j.metric.Report;
import dev.albert4j.metric.SpanReport;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Finds what is named in a text: tokenizer, encoder, and the head of Hugging Face's {@code AlbertForTokenClassification} (a linear
 * map of each token's state) with BIO labels. The first token of a word, or of an ideograph, decides for the whole of it; of all
 * valid sequences of tags the most probable one is taken. A text longer than the model reads is cut into windows that share
 * tokens, and each token is judged in the window where it stands further from the edge. Thread-safe; does not close the encoder it
 * was given.
 */
public final class EntityRecognizer {
    /** The tag index of a token that does not count, as PyTorch's {@code cross_entropy} leaves it out. */
    public static final int NO_TAG = -100;

    private final HeadRunner runner;
    private final List<String> labels; // [C]
    private final BioTags tags;
    private final int room; // tokens of a window, without the special ones
    private final int stride; // tokens that two windows share

    /**
     * A text and its tokens.
     *
     * @param whole all its tokens
     * @param windows the same, as the model takes them
     */
    private record Cut(String text, Encoding whole, List<Encoding> windows) {}

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the model is not a token classifier with BIO labels, or too short to read a text, or the
     *     tokenizer is another model's
     */
    public EntityRecognizer(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (config.head() != Head.TOKEN_CLASSIFICATION) {
            throw new IllegalArgumentException(
                    "the model is not a token classifier but " + config.head().architecture());
        }
        this.labels = TextClassifier.labels(config);
        this.tags = BioTags.of(labels);
        this.runner = new HeadRunner(tokenizer, weights, "classifier", encoder, maxBatchTokens);
        this.room = runner.options().maxLength() - 2;
        if (room < 1) {
            throw new IllegalArgumentException("the model reads "
                    + runner.options().maxLength() + " tokens, which leaves none beside the two special ones");
        }
        this.stride = room / 4;
    }

    /**
     * The labels of a model that finds these types: {@code O}, then {@code B-x} and {@code I-x} of each type, sorted.
     *
     * @param types the types, in any order, and as often as you like
     */
    public static List<String> tags(Collection<String> types) {
        return BioTags.names(types);
    }

    /**
     * What the model is to learn of a text: the index of a tag for the first token of each word, {@link #NO_TAG} for all others. The
     * others do not count because {@link #predict} does not ask them: so what is trained is what is used, and a name in many pieces
     * weighs no more than one in few. A word that a span covers in part counts as the span's. Of spans that share a word the longest
     * counts (BIO has one tag for each). In a window of a longer text, a word whose beginning is not in the window does not count,
     * and a span that began before goes on with I-x.
     *
     * @param encoding of the text alone: all of it, its beginning or a window
     * @param text with the spans to be found
     * @param tags the model's labels, as {@link #tags}
     * @return the indices into {@code tags}, [T]
     * @throws IllegalArgumentException if a span's type is none of the tags, or these are no BIO tags
     */
    public static int[] tagIds(Encoding encoding, TaggedText text, List<String> tags) {
        return TokenTags.of(encoding, text, BioTags.of(tags));
    }

    /** The labels, in the model's order. */
    public List<String> labels() {
        return labels;
    }

    /** What is named in a text, in the text's order. */
    public List<Entity> predict(String text) {
        return predict(List.of(text)).get(0);
    }

    /** What is named in each text, in the text's order. */
    public List<List<Entity>> predict(List<String> texts) {
        List<Cut> cuts = texts.stream().map(this::cut).toList();
        List<double[][]> logits = runner.tokens(cuts.stream()
                .flatMap(cut -> cut.windows().stream())
                .map(Sequence::of)
                .toList());
        List<List<Entity>> answers = new ArrayList<>(texts.size());
        int window = 0;
        for (Cut cut : cuts) {
            int end = window + cut.windows().size();
            answers.add(entities(cut, logits.subList(window, end)));
            window = end;
        }
        return answers;
    }

    /**
     * Compares what is found with what is marked.
     *
     * @param progress is told how many texts are done
     * @throws IllegalArgumentException if there is no text
     */
    public Report evaluate(List<TaggedText> texts, IntConsumer progress) {
        List<List<Span>> found = new ArrayList<>(texts.size());
        Mistakes mistakes = new Mistakes("wrong names");
        Chunks.forEach(texts, progress, (begin, part) -> {
            List<List<Entity>> answers =
                    predict(part.stream().map(TaggedText::text).toList());
            for (int i = 0; i < answers.size(); i++) {
                found.add(answers.get(i).stream().map(Entity::span).toList());
                compare(part.get(i), answers.get(i), mistakes);
            }
        });
        return SpanReport.of(texts.stream().map(TaggedText::spans).toList(), found)
                .toReport()
                .with(mistakes);
    }

    /** What was missed in a text and what was found wrongly are one mistake; of equally many the more certain is the worse. */
    private static void compare(TaggedText text, List<Entity> found, Mistakes mistakes) {
        List<Span> missed = new ArrayList<>(text.spans());
        List<Entity> wrong = new ArrayList<>();
        for (Entity entity : found) {
            if (!missed.remove(entity.span())) {
                wrong.add(entity);
            }
        }
        int count = missed.size() + wrong.size();
        if (count > 0) {
            String expected = missed.stream()
                    .sorted(Comparator.comparingInt(Span::begin))
                    .map(span -> span.type() + " " + text.text().substring(span.begin(), span.end()))
                    .collect(Collectors.joining("\n"));
            String said = wrong.stream()
                    .map(entity -> entity.type() + " " + entity.text())
                    .collect(Collectors.joining("\n"));
            double certainty = wrong.stream().mapToDouble(Entity::score).max().orElse(0);
            mistakes.add(
                    count + certainty / 2,
                    new Mistake(
                            text.line(),
                            text.text(),
                            expected.isEmpty() ? "nothing else" : expected,
                            said.isEmpty() ? "nothing" : said,
                            count));
        }
    }

    private Cut cut(String text) {
        EncodingOptions options = runner.options();
        List<Encoding> windows = runner.tokenizer().windows(text, null, options, stride);
        Encoding whole = windows.get(0);
        if (windows.size() > 1) {
            whole = runner.tokenizer().encode(text, null, options.withMaxLength(Integer.MAX_VALUE));
        }
        return new Cut(text, whole, windows);
    }

    /** @param logits [T, C] of each window */
    private List<Entity> entities(Cut cut, List<double[][]> logits) {
        List<Words.Word> words = Words.of(cut.whole(), cut.text(), null);
        List<double[]> scores = new ArrayList<>(words.size()); // [W, C]
        for (Words.Word word : words) {
            int place = word.firstToken() - 1; // among the text's tokens
            int window = Math.min(logits.size() - 1, Math.max(0, place - stride / 2) / (room - stride));
            scores.add(BioTags.logSoftmax(logits.get(window)[1 + place - window * (room - stride)]));
        }
        int[] decoded = tags.decode(scores);
        List<Entity> entities = new ArrayList<>();
        int word = 0;
        while (word < decoded.length) {
            int first = word++;
            if (decoded[first] == tags.outside()) {
                continue;
            }
            while (word < decoded.length && decoded[word] != tags.outside() && !tags.begins(decoded[word])) {
                word++;
            }
            double probability = 0;
            for (int w = first; w < word; w++) {
                probability += Math.exp(scores.get(w)[decoded[w]]);
            }
            int begin = words.get(first).begin();
            int end = withMarks(cut.text(), words.get(word - 1).end());
            String type = tags.type(decoded[first]);
            entities.add(new Entity(type, begin, end, cut.text().substring(begin, end), probability / (word - first)));
        }
        return List.copyOf(entities);
    }

    /** Where a span ends with the marks on its last character: tokens leave out those that the tokenizer drops. */
    private static int withMarks(String text, int end) {
        int after = end;
        while (after < text.length() && isMark(text.codePointAt(after))) {
            after += Character.charCount(text.codePointAt(after));
        }
        return after;
    }

    private static boolean isMark(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> false;
        };
    }
}
