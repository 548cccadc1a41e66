package dev.albert4j.corpus;

import dev.albert4j.task.Masking;
import dev.albert4j.tokenize.Vocabulary;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Examples to pre-train on: pairs of segments in order or swapped, with hidden words. A pure function of the corpus, the rules, the
 * seed, the epoch and the number of the example. Thread-safe; keeps the plan of the last epoch it was asked for.
 *
 * <p>Source: google-research/albert {@code create_pretraining_data.py}. There a corpus is gone through {@code dupe_factor} times;
 * here each epoch is such a pass, with pairs and masks of its own.
 */
public final class PretrainingExamples {
    /**
     * An example.
     *
     * @param ids with special tokens and hidden words, [T]
     * @param typeIds 0 for the first segment, 1 for the second, [T]
     * @param positions of the hidden tokens, ascending, [P]; there may be none
     * @param targets the ids that stood there, [P]
     * @param order 1 if the second segment does not follow the first, else 0
     */
    public record Example(int[] ids, int[] typeIds, int[] positions, int[] targets, int order) {}

    // Streams of random numbers.
    private static final int PLAN = 0;
    private static final int PAIR = 1;
    private static final int MASK = 2;
    private static final int START = 3;

    private final TokenCorpus corpus;
    private final SegmentRules rules;
    private final Masking masking;
    private final long seed;
    private final LongPredicate documents;
    private final SegmentPairs pairs;
    private final int size;
    private int plannedEpoch = -1; // guarded by this
    private @Nullable SegmentPlan plan; // guarded by this

    private PretrainingExamples(
            TokenCorpus corpus,
            SegmentRules rules,
            Masking masking,
            Vocabulary vocabulary,
            long seed,
            LongPredicate documents) {
        this.corpus = corpus;
        this.rules = rules;
        this.masking = masking;
        this.seed = seed;
        this.documents = documents;
        this.pairs = new SegmentPairs(corpus, rules, documents, vocabulary.clsId(), vocabulary.sepId());
        this.size = plan(0).size();
    }

    /**
     * Examples of the documents that are not held back.
     *
     * @param vocabulary of the tokenizer the corpus was tokenized with
     * @param heldBackShare in [0, 1): that share of the documents is left out, always the same, whatever the seed
     * @throws IllegalArgumentException if none is left
     */
    public static PretrainingExamples training(
            TokenCorpus corpus,
            SegmentRules rules,
            Masking masking,
            Vocabulary vocabulary,
            long seed,
            double heldBackShare) {
        return of(corpus, rules, masking, vocabulary, seed, document -> !isHeldBack(corpus, document, heldBackShare));
    }

    /** Examples of the documents that are held back; else as {@link #training}. */
    public static PretrainingExamples heldBack(
            TokenCorpus corpus,
            SegmentRules rules,
            Masking masking,
            Vocabulary vocabulary,
            long seed,
            double heldBackShare) {
        return of(corpus, rules, masking, vocabulary, seed, document -> isHeldBack(corpus, document, heldBackShare));
    }

    private static PretrainingExamples of(
            TokenCorpus corpus,
            SegmentRules rules,
            Masking masking,
            Vocabulary vocabulary,
            long seed,
            LongPredicate documents) {
        PretrainingExamples examples = new PretrainingExamples(corpus, rules, masking, vocabulary, seed, documents);
        if (examples.size == 0) {
            throw new IllegalArgumentException("the share of documents held back leaves none of "
                    + corpus.numDocuments() + " to train on, or none to evaluate on");
        }
        return examples;
    }

    /** By the document's content alone, so that copies of it stay on one side. */
    private static boolean isHeldBack(TokenCorpus corpus, long document, double share) {
        return (Seeds.mix(corpus.hash(document), 0) >>> 11) * 0x1p-53 < share;
    }

    /** Number of examples of an epoch. */
    public int size() {
        return size;
    }

    /**
     * One of the examples of an epoch.
     *
     * <p>As many documents are cut into short pieces in one epoch as in another, but not the same: the numbers of their pieces differ
     * slightly. An epoch with more pieces than the first leaves a few out, one with fewer has a few twice, each from another
     * place on.
     */
    public Example example(int epoch, int index) {
        SegmentPlan epochPlan = plan(epoch);
        int start = epochPlan.size() == size ? 0 : (int) Math.floorMod(stream(epoch, START), (long) epochPlan.size());
        int piece = (int) (((long) start + index) % epochPlan.size());
        SplittableRandom random = new SplittableRandom(Seeds.mix(stream(epoch, PAIR), index));
        SegmentPairs.Pair pair = pairs.of(epochPlan.first(piece), epochPlan.count(piece), stream(epoch, PLAN), random);
        Masking.Masked masked = masking.apply(pair.ids(), Seeds.mix(stream(epoch, MASK), index));
        return new Example(masked.ids(), pair.typeIds(), masked.positions(), masked.targets(), pair.label());
    }

    private long stream(int epoch, int number) {
        return Seeds.mix(Seeds.mix(seed, epoch), number);
    }

    private synchronized SegmentPlan plan(int epoch) {
        SegmentPlan known = plan;
        if (known == null || epoch != plannedEpoch) {
            known = SegmentPlan.of(corpus, rules, stream(epoch, PLAN), documents);
            plan = known;
            plannedEpoch = epoch;
        }
        return known;
    }
}
