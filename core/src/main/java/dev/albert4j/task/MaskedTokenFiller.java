package dev.albert4j.task;

import dev.albert4j.cpu.MaskedLanguageHead;
import dev.albert4j.metric.MaskedTokenMetrics;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import dev.albert4j.task.FilledText.Candidate;
import dev.albert4j.task.FilledText.Fill;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Says what {@code [MASK]} stands for in a text: tokenizer, encoder, and the head of Hugging Face's {@code AlbertForMaskedLM} or
 * {@code AlbertForPreTraining}, which sees the masked places alone, then softmax over the vocabulary. Thread-safe; does not close the
 * encoder it was given.
 *
 * <p>In the texts of {@link #predict}, special tokens are read as Hugging Face reads them: {@code [MASK]} is the mask, whatever stands
 * beside it, and {@code [SEP]} or {@code [CLS]} are these tokens too.
 */
public final class MaskedTokenFiller {
    /** What is hidden in the texts of {@link #evaluate} depends on this and on the texts. */
    private static final long EVALUATION_SEED = 42;

    private static final int PLACES_AT_ONCE = 64; // bounds the memory for their logits

    private final BatchRunner runner;
    private final MaskedLanguageHead head;
    private final Masking masking;
    private final Vocabulary vocabulary;
    private final int vocabSize;

    /** What was hidden, and how much of it was guessed. */
    private static final class Tally {
        long numSequences;
        long numPredictions;
        long numRight;
        double loss;
    }

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens texts are run together up to this many tokens
     * @throws IllegalArgumentException if the model has no such head, or the tokenizer is another model's
     */
    public MaskedTokenFiller(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (!canServe(config)) {
            throw new IllegalArgumentException(
                    "the model is no masked language model but " + config.head().architecture());
        }
        this.runner =
                new BatchRunner(tokenizer, config.vocabSize(), config.maxPositionEmbeddings(), encoder, maxBatchTokens);
        this.head = MaskedLanguageHead.of(weights);
        this.masking = Masking.published(tokenizer.vocabulary());
        this.vocabulary = tokenizer.vocabulary();
        this.vocabSize = config.vocabSize();
    }

    /** Whether a model fills masks. */
    public static boolean canServe(AlbertConfig config) {
        return config.head() == Head.MASKED_LM || config.head() == Head.PRE_TRAINING;
    }

    /** Fills the masks of one text. */
    public FilledText predict(String text, int topK) {
        return predict(List.of(text), topK).get(0);
    }

    /**
     * Fills the masks of texts.
     *
     * @param topK how many pieces to name for each mask
     * @throws IllegalArgumentException if a text has no {@code [MASK]}, or has one beyond the tokens that the model reads, or
     *     {@code topK} is not positive
     */
    public List<FilledText> predict(List<String> texts, int topK) {
        if (topK < 1) {
            throw new IllegalArgumentException("topK " + topK + " is not positive");
        }
        List<Encoding> encodings = texts.stream().map(this::encode).toList();
        Iterator<Encoding> next = encodings.iterator();
        List<List<List<Candidate>>> candidates = runner.run(
                encodings.stream().map(Sequence::of).toList(), OutputStates.LAST, (output, row, firstToken, length) -> {
                    List<List<Candidate>> found = new ArrayList<>();
                    forEach(
                            output.lastHiddenState(),
                            firstToken,
                            masks(next.next()),
                            (place, logits, offset) -> found.add(best(logits, offset, topK)));
                    return found;
                });
        List<FilledText> answers = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            answers.add(filled(texts.get(i), encodings.get(i), candidates.get(i)));
        }
        return answers;
    }

    /**
     * Hides pieces of texts as {@link Masking#published} does, always the same ones, and counts how many are guessed. A text that is
     * longer than the model reads is cut into pieces; special tokens written in it are plain text.
     *
     * @param progress is told how many texts are done
     * @throws IllegalArgumentException if nothing can be hidden in them
     */
    public MaskedTokenMetrics evaluate(List<String> texts, IntConsumer progress) {
        Tally tally = new Tally();
        Chunks.forEach(texts, progress, (begin, part) -> {
            List<Sequence> sequences = new ArrayList<>();
            List<Masking.Masked> hidden = new ArrayList<>();
            for (String text : part) {
                for (Encoding window : runner.tokenizer().windows(text, null, runner.options(), 0)) {
                    Masking.Masked masked = masking.apply(window.ids(), EVALUATION_SEED + tally.numSequences++);
                    if (masked.positions().length > 0) {
                        sequences.add(new Sequence(masked.ids(), window.typeIds()));
                        hidden.add(masked);
                    }
                }
            }
            count(sequences, hidden, tally);
        });
        double mean = tally.loss / Math.max(1, tally.numPredictions);
        return new MaskedTokenMetrics(tally.numPredictions, tally.numRight, mean);
    }

    private void count(List<Sequence> sequences, List<Masking.Masked> hidden, Tally tally) {
        Iterator<Masking.Masked> next = hidden.iterator();
        runner.run(sequences, OutputStates.LAST, (output, row, firstToken, length) -> {
            Masking.Masked masked = next.next();
            forEach(output.lastHiddenState(), firstToken, masked.positions(), (place, logits, offset) -> {
                int target = masked.targets()[place];
                int best = 0;
                for (int id = 0; id < vocabSize; id++) {
                    best = logits[offset + id] > logits[offset + best] ? id : best;
                }
                tally.loss += logSum(logits, offset) - logits[offset + target];
                tally.numRight += best == target ? 1 : 0;
                tally.numPredictions++;
            });
            return masked;
        });
    }

    /** Hears the logits of one place. */
    @FunctionalInterface
    private interface PlaceReader {
        /**
         * @param place index among the places asked for
         * @param offset where its V logits begin
         */
        void read(int place, float[] logits, int offset);
    }

    /** Runs the head at some places of a sequence. */
    private void forEach(float[] states, int firstToken, int[] places, PlaceReader reader) {
        for (int begin = 0; begin < places.length; begin += PLACES_AT_ONCE) {
            int[] rows = Arrays.stream(places, begin, Math.min(places.length, begin + PLACES_AT_ONCE))
                    .map(place -> firstToken + place)
                    .toArray();
            float[] logits = head.logits(states, rows); // [P, V]
            for (int i = 0; i < rows.length; i++) {
                reader.read(begin + i, logits, i * vocabSize);
            }
        }
    }

    /** @throws IllegalArgumentException if there is no mask, or the model sees not all */
    private Encoding encode(String text) {
        EncodingOptions options = runner.options().recognizingSpecialTokens(true);
        Encoding encoding = runner.tokenizer().encode(text, null, options);
        int seen = masks(encoding).length;
        int all = seen;
        if (encoding.length() == options.maxLength()) {
            all = masks(runner.tokenizer().encode(text, null, options.withMaxLength(Integer.MAX_VALUE))).length;
        }
        if (all == 0) {
            throw new IllegalArgumentException("there is no " + vocabulary.token(vocabulary.maskId())
                    + " in the text \"" + (text.length() <= 80 ? text : text.substring(0, 80) + "…") + "\"");
        }
        if (all > seen) {
            throw new IllegalArgumentException("the text has " + all + " masks, but only " + seen
                    + " of them are among the " + options.maxLength() + " tokens that the model reads");
        }
        return encoding;
    }

    private int[] masks(Encoding encoding) {
        return IntStream.range(0, encoding.length())
                .filter(token -> encoding.id(token) == vocabulary.maskId())
                .toArray();
    }

    /** The most probable pieces of those that the vocabulary names. */
    private List<Candidate> best(float[] logits, int offset, int topK) {
        // The worst comes first; of equals the one with the higher id.
        Comparator<Integer> order =
                Comparator.<Integer>comparingDouble(id -> logits[offset + id]).thenComparing(Comparator.reverseOrder());
        PriorityQueue<Integer> best = new PriorityQueue<>(order);
        for (int id = 0; id < vocabulary.size(); id++) {
            if (best.size() < topK) {
                best.add(id);
            } else if (logits[offset + id] > logits[offset + best.element()]) {
                best.remove();
                best.add(id);
            }
        }
        double logSum = logSum(logits, offset);
        return best.stream()
                .sorted(order.reversed())
                .map(id -> new Candidate(vocabulary.token(id), Math.exp(logits[offset + id] - logSum)))
                .toList();
    }

    /** ln Σ exp of a place's logits. */
    private double logSum(float[] logits, int offset) {
        double max = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabSize; id++) {
            max = Math.max(max, logits[offset + id]);
        }
        double sum = 0;
        for (int id = 0; id < vocabSize; id++) {
            sum += Math.exp(logits[offset + id] - max);
        }
        return max + Math.log(sum);
    }

    private FilledText filled(String text, Encoding encoding, List<List<Candidate>> candidates) {
        FilledWords words = new FilledWords(text, runner.tokenizer());
        List<Fill> fills = new ArrayList<>();
        int[] masks = masks(encoding);
        for (int i = 0; i < masks.length; i++) {
            Fill fill = new Fill(encoding.begin(masks[i]), encoding.end(masks[i]), candidates.get(i));
            words.add(fill.begin(), fill.end(), fill.candidates().get(0).token());
            fills.add(fill);
        }
        return new FilledText(text, words.toString(), fills);
    }
}
